import { render } from "preact";

import { pageSource } from "./source/source.js";
import { Store } from "./store.js";
import { App } from "./view/app.js";

// The data come after this script in the file.
document.addEventListener("DOMContentLoaded", () => {
  const store = new Store(pageSource(document), location.hash);
  const root = document.querySelector("#page");
  if (root === null) return;
  root.replaceChildren();
  render(<App store={store} />, root);
  store.open(window);
});
