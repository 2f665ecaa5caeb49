/** Blocks as Slack draws them; what the product does not send is named and not drawn. */
import type { KnownBlock } from '@slack/types'
import type { Place, State } from '../shapes.ts'
import { Element } from './element.ts'
import type { Field } from './field.ts'
import { html } from './html.ts'
import { TextObject } from './inline.ts'
import { NotDrawn, RichText } from './rich-text.ts'

export interface BlocksProps {
  blocks: readonly KnownBlock[]
  place: Place
  /** Of a view: what is filled in. */
  state?: State
  /** Of a modal: fields that are not sent yet, and what is wrong with them. */
  fields?: Field
  errors?: Record<string, string>
  v: number
}

export function Blocks(props: BlocksProps) {
  return html`<div class="blocks">
    ${props.blocks.map((block, index) => html`<${Block} key=${block.block_id ?? index} ...${props} block=${block} />`)}
  </div>`
}

type BlockProps = BlocksProps & { block: KnownBlock }

function Block(props: BlockProps) {
  const { block } = props
  switch (block.type) {
    case 'header':
      return html`<h3 class="header"><${TextObject} of=${block.text} /></h3>`
    case 'divider':
      return html`<hr />`
    case 'rich_text':
      return html`<${RichText} block=${block} />`
    case 'section':
      return html`<${Section} ...${props} block=${block} />`
    case 'context':
      return html`<p class="context">${block.elements.map((one, index) => html`<${ContextPart} key=${index} one=${one} />`)}</p>`
    case 'actions':
      return html`<div class="actions">
        ${block.elements.map((one, index) => html`<${Element} key=${'action_id' in one ? one.action_id : index} ...${props} element=${one} />`)}
      </div>`
    case 'input':
      return html`<${Input} ...${props} block=${block} />`
    case 'image':
      return html`<figure><img src=${'image_url' in block ? block.image_url : ''} alt=${block.alt_text} /></figure>`
    default:
      return html`<${NotDrawn} type=${block.type} />`
  }
}

function Section(props: BlockProps & { block: Extract<KnownBlock, { type: 'section' }> }) {
  const { text, fields, accessory } = props.block
  return html`
    <div class="section ${accessory ? 'with-accessory' : ''}">
      <div class="section-text">
        ${text && html`<p><${TextObject} of=${text} /></p>`}
        ${fields && html`<div class="fields">${fields.map((one, index) => html`<p key=${index}><${TextObject} of=${one} /></p>`)}</div>`}
      </div>
      ${accessory && html`<div class="accessory"><${Element} ...${props} element=${accessory} /></div>`}
    </div>`
}

function ContextPart({ one }: { one: { type: string; text?: string; image_url?: string; alt_text?: string } }) {
  if (one.type === 'image') return html`<img src=${one.image_url} alt=${one.alt_text} />`
  return html`<${TextObject} of=${one} />`
}

function Input(props: BlockProps & { block: Extract<KnownBlock, { type: 'input' }> }) {
  const { label, hint, optional, element, block_id: id = '' } = props.block
  const wrong = props.errors?.[id]
  // A label would press the first button in it, which of a list with choices takes one of them off.
  const group = ['radio_buttons', 'checkboxes'].includes(element.type) || element.type.startsWith('multi_')
  const named = html`<span class="label"><${TextObject} of=${label} />${optional && html` <small>(optional)</small>`}</span>`
  const drawn = html`<${Element} ...${props} element=${element} wrong=${wrong} />`
  return html`
    <div class="input ${wrong ? 'wrong' : ''}" data-block=${id}>
      ${group ? html`<fieldset><legend>${named}</legend>${drawn}</fieldset>` : html`<label>${named}${drawn}</label>`}
      ${wrong && html`<p class="error" role="alert">${wrong}</p>`}
      ${hint && html`<p class="hint"><${TextObject} of=${hint} /></p>`}
    </div>`
}
