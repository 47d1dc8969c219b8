import { limitsOf } from "./limits.js";
import type { Setup } from "./setup.js";

/** How the words of the tester are shown: as a word, and as a class for the colour. */
const WORDS: Readonly<Record<string, string>> = {
  OK: "pass",
  "NON-STRICT": "non-strict",
  INFORMATIONAL: "informational",
  UNIMPLEMENTED: "unimplemented",
  FAILED: "fail",
};

/** The part of the page that shows how far the run has come. */
export class View {
  readonly #document: Document;
  readonly #cells = new Map<string, HTMLElement>();
  readonly #counts = new Map<string, number>();
  readonly #total: number;
  #done = 0;

  constructor(document: Document, { cases, sections }: Setup) {
    this.#document = document;
    this.#total = cases.length;
    for (const sentence of limitsOf(sections.map(({ number }) => number))) {
      this.#part("limits").append(this.#element("li", sentence));
    }
    for (const { number, title } of sections) {
      const list = this.#element("div");
      list.className = "cells";
      for (const one of cases.filter(({ id }) => id.startsWith(`${number}.`))) {
        const cell = this.#element("span", one.id);
        cell.title = one.title;
        cell.dataset["case"] = one.id;
        this.#cells.set(one.id, cell);
        list.append(cell);
      }
      this.#part("cases").append(this.#element("h2", `${number} ${title}`), list);
    }
    this.reset();
  }

  /** Forgets the results of a run before. */
  reset(): void {
    this.#done = 0;
    this.#counts.clear();
    for (const cell of this.#cells.values()) cell.className = "waiting";
    this.#showCounts();
  }

  begin(id: string): void {
    this.#cell(id).className = "in-flight";
  }

  result(id: string, behavior: string | null): void {
    const word = behavior === null ? "no result" : (WORDS[behavior] ?? "no result");
    const cell = this.#cell(id);
    cell.className = word.replaceAll(" ", "-");
    cell.setAttribute("role", "img");
    cell.setAttribute("aria-label", `${id}: ${word}`);
    this.#counts.set(word, (this.#counts.get(word) ?? 0) + 1);
    this.#done++;
    this.#showCounts();
  }

  /** Says something in a sentence; with an address to be opened, if there is one. */
  say(sentence: string, link?: { readonly href: string; readonly text: string }): void {
    const status = this.#part("status");
    status.textContent = sentence;
    if (link === undefined) return;
    const anchor = this.#document.createElement("a");
    anchor.href = link.href;
    anchor.textContent = link.text;
    status.append(" ", anchor);
  }

  #showCounts(): void {
    const progress = this.#part("progress") as HTMLProgressElement;
    progress.max = this.#total;
    progress.value = this.#done;
    const words = [...this.#counts].map(([word, number]) => `${number} ${word}`);
    this.#part("counts").textContent = [`${this.#done} of ${this.#total} cases`, ...words].join(", ");
  }

  #cell(id: string): HTMLElement {
    return this.#cells.get(id) ?? this.#element("span");
  }

  #part(id: string): HTMLElement {
    const found = this.#document.getElementById(id);
    if (found === null) throw new Error(`the page has no ${id}`);
    return found;
  }

  #element(name: "span" | "div" | "h2" | "li", text = ""): HTMLElement {
    const made = this.#document.createElement(name);
    made.textContent = text;
    return made;
  }
}
