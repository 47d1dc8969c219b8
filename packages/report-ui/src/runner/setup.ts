/** What the server writes into the page. */
export interface Setup {
  /** Where the tester is, such as `ws://127.0.0.1:9001`. */
  readonly url: string;
  /** In the order in which they are run. */
  readonly cases: readonly SetupCase[];
  readonly sections: readonly { readonly number: string; readonly title: string }[];
}

export interface SetupCase {
  readonly id: string;
  readonly title: string;
}

/** Reads what stands in the page. */
export function readSetup(document: Document): Setup {
  return JSON.parse(document.querySelector("#setup")?.textContent ?? "") as Setup;
}
