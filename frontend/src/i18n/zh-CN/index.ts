import type { Messages } from '../en'
import { common } from './common'
import { manage } from './manage'
import { observe } from './observe'
import { login } from './login'

/** Every text in Simplified Chinese. */
const messages: Messages = { ...common, ...manage, ...observe, ...login }
export default messages
