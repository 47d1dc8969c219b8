import { createContext, type ComponentChildren, type JSX } from "preact";
import { useContext } from "preact/hooks";

import type { SiteFacts } from "../../../conformance/src/site/page-model.js";
import brand from "../brand.html";

/** The way from a page to the root of the site: `../../`. */
export const Root: ReturnType<typeof createContext<string>> = createContext("");

/** A link to a page of the site. `to`: its path from the root, perhaps with an anchor. */
export function Go(props: {
  readonly to: string;
  readonly class?: string;
  readonly label?: string;
  readonly children: ComponentChildren;
}): JSX.Element {
  const root = useContext(Root);
  return (
    <a
      href={`${props.to.startsWith("#") ? "" : root}${props.to}`}
      class={props.class}
      aria-label={props.label}
    >
      {props.children}
    </a>
  );
}

const PAGES: readonly (readonly [path: string, name: string, has?: "hasGrid" | "hasProxies"])[] = [
  ["index.html", "Stacks"],
  ["grid/index.html", "Grid", "hasGrid"],
  ["proxies/index.html", "Proxies", "hasProxies"],
  ["requirement/index.html", "Requirements"],
  ["case/index.html", "Cases"],
  ["changes/index.html", "Changes"],
  ["data/index.html", "Data"],
];

/** What stands in the body of every page: the header, the content, and what all pages say at their end. */
export function Frame(props: {
  readonly path: string;
  readonly facts: SiteFacts;
  readonly children: ComponentChildren;
}): JSX.Element {
  const { path, facts, children } = props;
  const root = "../".repeat(path.split("/").length - 1);
  const folder = (one: string): string => (one.includes("/") ? one.slice(0, one.indexOf("/")) : one);
  return (
    <Root.Provider value={root}>
      <a class="skip" href="#content">
        To the content
      </a>
      <header class="top">
        <a
          class="brand"
          href={`${root}index.html`}
          aria-label="Wireproof"
          // A file of ours.
          dangerouslySetInnerHTML={{ __html: brand }}
        />
        <nav aria-label="Pages">
          {PAGES.filter(([, , has]) => has === undefined || facts[has]).map(([to, name]) => (
            <a
              key={to}
              href={root + to}
              aria-current={to === path ? "page" : folder(to) === folder(path) ? "true" : undefined}
            >
              {name}
            </a>
          ))}
        </nav>
      </header>
      <main id="content">{children}</main>
      <footer class="bottom">
        <p>
          {facts.day !== "" && `Newest run: ${facts.day}. `}A finding counts against a stack when somebody has
          read its wire log. Others are unreviewed, and nobody’s fault so far.
        </p>
      </footer>
    </Root.Provider>
  );
}

/** A picture of the site. */
export function Picture(props: {
  readonly src: string;
  readonly text: string;
  readonly height: number;
}): JSX.Element {
  return <img src={useContext(Root) + props.src} alt={props.text} height={props.height} />;
}

/** Names such as A::B::C and a/b/c may be broken behind a mark. */
export function breakable(name: string): ComponentChildren {
  return name
    .split(/(?<=::|\/)/)
    .flatMap((part, index) => (index === 0 ? [part] : [<wbr key={index} />, part]));
}
