import type { JSX } from "preact";
import { useState } from "preact/hooks";

/** Copies a text. Where the browser does not let a page do that, it selects nothing and says so. */
export function CopyButton({ text }: { readonly text: string }): JSX.Element {
  const [state, setState] = useState<"idle" | "copied" | "refused">("idle");
  const copy = (): void => {
    copyText(text).then(
      () => setState("copied"),
      () => setState("refused"),
    );
  };
  const words = { idle: "Copy", copied: "Copied", refused: "Copy it by hand" };
  return (
    <button type="button" class="copy" onClick={copy} onBlur={() => setState("idle")}>
      <span role="status">{words[state]}</span>
    </button>
  );
}

async function copyText(text: string): Promise<void> {
  // Absent where the page is not in a secure context, as over plain HTTP from another machine.
  const clipboard = (navigator as { readonly clipboard?: Clipboard }).clipboard;
  if (clipboard === undefined) throw new Error("no clipboard");
  await clipboard.writeText(text);
}
