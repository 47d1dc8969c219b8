/** Arrow keys move between the links and buttons of the matrix, line by line and column by column. */
export function moveInGrid(event: KeyboardEvent): void {
  const current =
    event.target instanceof HTMLElement ? event.target.closest<HTMLElement>("[data-column]") : null;
  const row = current?.closest(".row") ?? null;
  if (current === null || row === null) return;
  const target = targetOf(event.key, current, row);
  if (target === null || target === undefined) return;
  event.preventDefault();
  target.focus();
}

function targetOf(key: string, current: HTMLElement, row: Element): HTMLElement | null | undefined {
  const column = current.dataset["column"] ?? "0";
  const inRow = [...row.querySelectorAll<HTMLElement>("[data-column]")];
  const place = inRow.indexOf(current);
  switch (key) {
    case "ArrowLeft":
      return inRow[place - 1];
    case "ArrowRight":
      return inRow[place + 1];
    case "ArrowUp":
      return inColumn(row, "previousElementSibling", column);
    case "ArrowDown":
      return inColumn(row, "nextElementSibling", column);
    case "Home":
      return inRow[0];
    case "End":
      return inRow.at(-1);
    default:
      return null;
  }
}

function inColumn(
  row: Element,
  step: "previousElementSibling" | "nextElementSibling",
  column: string,
): HTMLElement | null {
  for (let next = row[step]; next !== null; next = next[step]) {
    const found =
      next.querySelector<HTMLElement>(`[data-column="${column}"]`) ??
      next.querySelector<HTMLElement>("[data-column]");
    if (found !== null) return found;
  }
  return null;
}
