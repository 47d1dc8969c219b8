/**
 * What the pages do beside being read: the front page sorts and filters, and an address that leads into something folded
 * unfolds it. Everything can be read without.
 */
unfold();
addEventListener("hashchange", unfold);
const form = document.querySelector<HTMLFormElement>("form.filters");
if (form !== null) serveTable(form);

/** Browsers that do not unfold what an address leads to need help. */
function unfold(): void {
  const target = document.getElementById(decoded(location.hash.slice(1)));
  if (target === null) return;
  for (let at = target.closest("details"); at !== null; at = at.parentElement?.closest("details") ?? null)
    at.open = true;
  target.scrollIntoView();
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function serveTable(filters: HTMLFormElement): void {
  const body = document.querySelector(".map tbody");
  const nothing = document.querySelector<HTMLElement>(".map .nothing");
  const output = filters.querySelector("output");
  if (body === null || nothing === null || output === null) return;
  const rows = [...body.querySelectorAll("tr")];
  const show = (): void => {
    const wanted = new FormData(filters);
    const value = (name: string): string => {
      const chosen = wanted.get(name);
      return typeof chosen === "string" ? chosen : "";
    };
    const words = value("words").toLowerCase().split(/\s+/);
    let shown = 0;
    for (const row of rows) {
      const { language = "", role = "", can = "", standing } = row.dataset;
      const text = `${nameOf(row)} ${language.toLowerCase()}`;
      const isShown =
        words.every((word) => text.includes(word)) &&
        ["", language].includes(value("language")) &&
        ["", ...role.split(" ")].includes(value("role")) &&
        ["", ...can.split(" ")].includes(value("can")) &&
        ["", standing].includes(value("standing"));
      row.hidden = !isShown;
      if (isShown) shown++;
    }
    output.textContent = shown === rows.length ? "" : `${shown} of ${rows.length}`;
    nothing.hidden = shown > 0;
  };
  filters.addEventListener("input", show);
  filters.addEventListener("submit", (event) => event.preventDefault());
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-sort]"))
    button.addEventListener("click", () => sortBy(button, body, rows));
  filters.hidden = false;
  // A browser may bring back what was chosen before.
  show();
}

/** The name of a stack, which its link has, in small letters. */
function nameOf(row: HTMLElement): string {
  return row.querySelector("a")?.textContent.toLowerCase() ?? "";
}

/** The same button again turns the order round. Faults begin with the most of them. */
function sortBy(button: HTMLButtonElement, body: Element, rows: HTMLTableRowElement[]): void {
  const key = button.dataset["sort"] === "faults" ? "faults" : "name";
  const head = button.closest("th");
  const now = head?.getAttribute("aria-sort");
  const first = key === "name" ? "ascending" : "descending";
  const order = now === first ? (first === "ascending" ? "descending" : "ascending") : first;
  for (const one of document.querySelectorAll("th[aria-sort]")) one.removeAttribute("aria-sort");
  head?.setAttribute("aria-sort", order);
  const sign = order === "ascending" ? 1 : -1;
  const byName = (a: HTMLElement, b: HTMLElement): number => nameOf(a).localeCompare(nameOf(b), "en");
  const byFaults = (a: HTMLElement, b: HTMLElement): number =>
    Number(a.dataset["faults"]) - Number(b.dataset["faults"]);
  rows.sort((a, b) => (key === "name" ? sign * byName(a, b) : sign * byFaults(a, b) || byName(a, b)));
  body.append(...rows);
}
