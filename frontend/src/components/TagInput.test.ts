import { mount } from '@vue/test-utils'
import { createI18n } from 'vue-i18n'
import { describe, expect, it } from 'vitest'
import messages from '@/i18n/en'
import TagInput from './TagInput.vue'

function tags(modelValue: string[] = []) {
  const i18n = createI18n({ legacy: false, locale: 'en', messages: { en: messages } })
  const wrapper = mount(TagInput, {
    props: {
      modelValue,
      label: 'Models',
      suggestions: ['*', 'gpt-*'],
      'onUpdate:modelValue': (value: string[]) => void wrapper.setProps({ modelValue: value }),
    },
    global: { plugins: [i18n] },
  })
  return { wrapper, input: wrapper.get('input'), value: () => wrapper.props('modelValue') }
}

describe('TagInput', () => {
  it('adds what is typed by Enter, by a comma and by leaving', async () => {
    const { input, value } = tags()
    await input.setValue('a')
    await input.trigger('keydown', { key: 'Enter' })
    await input.setValue('b')
    await input.trigger('keydown', { key: ',' })
    await input.setValue('c')
    await input.trigger('blur')
    expect(value()).toEqual(['a', 'b', 'c'])
  })

  it('adds nothing twice', async () => {
    const { input, value } = tags(['a'])
    await input.setValue('a b b')
    await input.trigger('blur')
    expect(value()).toEqual(['a', 'b'])
  })

  it('leaves Enter to an input method that composes', async () => {
    const { input, value } = tags()
    await input.setValue('ni')
    await input.trigger('keydown', { key: 'Enter', isComposing: true })
    expect(value()).toEqual([])
  })

  it('lets Enter send the form when there is nothing to add', async () => {
    const { input } = tags()
    const event = new KeyboardEvent('keydown', { key: 'Enter', cancelable: true })
    input.element.dispatchEvent(event)
    expect(event.defaultPrevented).toBe(false)
  })

  it('takes the last one back by Backspace, and any by its button', async () => {
    const { wrapper, input, value } = tags(['a', 'b', 'c'])
    await input.trigger('keydown', { key: 'Backspace' })
    expect(value()).toEqual(['a', 'b'])
    await wrapper.get('[aria-label="Remove a"]').trigger('click')
    expect(value()).toEqual(['b'])
  })

  it('offers what is not chosen yet', async () => {
    const { wrapper, value } = tags(['gpt-*'])
    const offers = wrapper.findAll('.offers button')
    expect(offers.map((o) => o.text())).toEqual(['+ *'])
    await offers[0]?.trigger('click')
    expect(value()).toEqual(['gpt-*', '*'])
  })
})
