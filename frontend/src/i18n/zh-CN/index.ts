import type { Messages } from '../en'
import { common } from './common'
import { manage } from './manage'
import { measure } from './measure'
import { observe } from './observe'
import { route } from './route'
import { login } from './login'
import { usage } from './usage'

/** Every text in Simplified Chinese. */
const messages: Messages = { ...common, ...manage, ...observe, ...login, ...measure, ...route, ...usage }
export default messages
