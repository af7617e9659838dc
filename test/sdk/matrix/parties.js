// The two sides of the matrix.
//
// A client takes { model, turns, tools, schema, limit, stop, think }, where a
// turn is { system }, { user, image }, { answer } or { results: [{ call, text,
// failed, image }] }, and returns { text, thoughts, refusal, reason, calls:
// [{ id, name, args }], usage, native }; native is its own form of the answer,
// for the next turn.
import { clients as leavers } from '../clients.js'
import { Messages } from './anthropic.js'
import { Chat } from './chat.js'
import { Gemini } from './gemini.js'
import { Responses } from './responses.js'

export const clients = {
  chat: { title: 'OpenAI Chat Completions', sdk: 'openai', open: Chat, leave: leavers.chat },
  responses: { title: 'OpenAI Responses', sdk: 'openai', open: Responses, leave: leavers.responses },
  anthropic: { title: 'Anthropic Messages', sdk: '@anthropic-ai/sdk', open: Messages, leave: leavers.anthropic },
  gemini: { title: 'Gemini', sdk: '@google/genai', open: Gemini, leave: leavers.gemini },
}

// kiro marks the upstream whose accounts must be signed in before they are
// known; stopper is a model that takes stop sequences where the others refuse them.
export const upstreams = {
  chat: { title: 'OpenAI, Chat', protocol: 'openai', model: 'gpt-5.1', stopper: 'gpt-4.1', channel: { provider: 'openai', api: 'chat', base: '/v1' } },
  responses: { title: 'OpenAI, Responses', protocol: 'responses', model: 'gpt-5.1', channel: { provider: 'openai', api: 'responses', base: '/v1' } },
  anthropic: { title: 'Anthropic', protocol: 'anthropic', model: 'claude-sonnet-4-6', channel: { provider: 'anthropic' } },
  gemini: { title: 'Gemini', protocol: 'gemini', model: 'gemini-3-flash', channel: { provider: 'gemini' } },
  kiro: { title: 'Kiro', protocol: 'kiro', model: 'claude-sonnet-4.6', kiro: true, channel: { provider: 'kiro', base: '/kiro' } },
}
