import { describe, expect, test } from 'vitest'
import { held, optionsOf } from '../../../../src/sandbox/page/browser/field.ts'

const option = (value: string) => ({ text: { type: 'plain_text', text: value.toUpperCase() }, value })
const radio = {
  type: 'radio_buttons',
  action_id: 'a',
  options: [option('x'), option('y')],
  initial_option: option('y'),
}

describe('what a field holds', () => {
  test('is what was typed, else what Slack was told, else what the app set, else nothing', () => {
    const state = { b: { a: { type: 'radio_buttons', selected_option: option('x') } } }
    expect(held(radio, 'b', { b: 'z' }, state)).toBe('z')
    expect(held(radio, 'b', { b: null }, state)).toBeNull()
    expect(held(radio, 'b', {}, state)).toBe('x')
    expect(held(radio, 'b', undefined, undefined)).toBe('y')
    expect(held({ type: 'plain_text_input', action_id: 'a' }, 'b', undefined, undefined)).toBeNull()
  })

  test('is each chosen value of a list, and the option itself of a menu whose options the app hands out', () => {
    const boxes = { type: 'checkboxes', action_id: 'a', initial_options: [option('x'), option('y')] }
    expect(held(boxes, 'b', undefined, undefined)).toEqual(['x', 'y'])
    const menu = { type: 'external_select', action_id: 'a', initial_option: option('x') }
    expect(held(menu, 'b', undefined, undefined)).toEqual(option('x'))
  })

  test('offers the options of groups under their names', () => {
    const menu = { type: 'static_select', option_groups: [{ label: { text: 'G' }, options: [option('x')] }] }
    expect(optionsOf(menu)).toEqual([{ value: 'x', text: 'X', group: 'G' }])
  })
})
