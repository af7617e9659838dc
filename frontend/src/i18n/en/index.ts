import { common } from './common'
import { manage } from './manage'
import { measure } from './measure'
import { observe } from './observe'
import { route } from './route'
import { login } from './login'
import { usage } from './usage'

/** Every text in English; it also fixes which texts there are. */
const messages = { ...common, ...manage, ...observe, ...login, ...measure, ...route, ...usage }
export default messages

/** The same keys with other texts. */
export type Translation<T> = { [K in keyof T]: T[K] extends string ? string : Translation<T[K]> }
export type Messages = Translation<typeof messages>
