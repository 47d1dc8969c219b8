import { browserName } from "./browser-name.js";
import { runCases, type RunEnd } from "./run-cases.js";
import { readSetup } from "./setup.js";
import { View } from "./view.js";

const setup = readSetup(document);
const view = new View(document, setup);
const form = part("form");
const agent = part("#agent") as HTMLInputElement;
const startButton = part("#start") as HTMLButtonElement;
const stopButton = part("#stop") as HTMLButtonElement;
let stopping = new AbortController();

agent.value = browserName(navigator.userAgent);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  void start();
});
stopButton.addEventListener("click", () => stopping.abort());

async function start(): Promise<void> {
  stopping = new AbortController();
  setRunning(true);
  view.reset();
  view.say("The cases are running.");
  const hooks = {
    onBegin: (id: string) => view.begin(id),
    onResult: (id: string, behavior: string | null) => view.result(id, behavior),
  };
  const ids = setup.cases.map(({ id }) => id);
  const name = agent.value.trim() || browserName(navigator.userAgent);
  conclude(await runCases(setup.url, name, ids, hooks, stopping.signal));
  setRunning(false);
}

function conclude(end: RunEnd): void {
  const reports = { href: "/", text: "The reports are here." };
  if (end === "done") return view.say("All cases have been run.", reports);
  if (end === "stopped") return view.say("Stopped. The results so far are in the reports.", reports);
  const sentence = `The tester at ${setup.url} cannot be reached.`;
  if (!setup.url.startsWith("wss:")) return view.say(`${sentence} Is it still running?`);
  // For a WebSocket, a browser never asks the user about a certificate: it has to be accepted on a page.
  const href = `${setup.url.replace(/^wss/, "https")}/`;
  view.say(`${sentence} If its certificate is not trusted, accept it there first:`, { href, text: href });
}

function setRunning(isRunning: boolean): void {
  startButton.disabled = isRunning;
  agent.disabled = isRunning;
  stopButton.disabled = !isRunning;
}

function part(selector: string): Element {
  const found = document.querySelector(selector);
  if (found === null) throw new Error(`the page has no ${selector}`);
  return found;
}
