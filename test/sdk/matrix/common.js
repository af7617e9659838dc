// What the four clients have in common: the tools and the picture.
import { clockSchema, pixel, weatherSchema } from '../models.js'

export const schemas = { get_weather: weatherSchema, get_clock: clockSchema }
export const pixelURL = `data:image/png;base64,${pixel}`
