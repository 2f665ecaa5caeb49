import { Component, type ComponentType } from 'preact'
import { html } from './html.ts'

/** Draws a component again only when what `key` makes of its properties is another text. */
export function memo<P extends object>(
  Inner: ComponentType<P> | ((props: P) => unknown),
  key: (props: P) => string,
): ComponentType<P> {
  return class Memo extends Component<P> {
    #drawn = ''
    override shouldComponentUpdate(next: P): boolean {
      return key(next) !== this.#drawn
    }
    override render() {
      this.#drawn = key(this.props as P)
      return html`<${Inner} ...${this.props} />`
    }
  }
}
