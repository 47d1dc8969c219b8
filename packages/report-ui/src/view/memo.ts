import { Component, createElement, type ComponentChild, type FunctionComponent } from "preact";

/** A component that is drawn again only if one of its properties changed; arrays are compared by their elements. */
export function memo<P extends object>(view: FunctionComponent<P>): FunctionComponent<P> {
  class Memo extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      return !isSame(this.props, next);
    }

    override render(): ComponentChild {
      return createElement(view, this.props);
    }
  }
  // A class with these properties is used in JSX as a function with them is.
  return Memo as unknown as FunctionComponent<P>;
}

function isSame(a: object, b: object): boolean {
  const left = Object.entries(a);
  const right = new Map(Object.entries(b));
  return left.length === right.size && left.every(([key, value]) => isSameValue(value, right.get(key)));
}

function isSameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
  return a.every((item, index) => Object.is(item, b[index]));
}
