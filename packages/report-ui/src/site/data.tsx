import type { JSX } from "preact";

import type { DataPage } from "../../../conformance/src/site/page-model.js";
import { size, visible } from "../model/text.js";
import { Go } from "./document.js";

/** Everything that the site was made of. */
export function Data({ files }: { readonly files: DataPage["files"] }): JSX.Element {
  return (
    <>
      <h1>Data</h1>
      <p class="lead">
        The files that this site was made of. A file in runs is a whole run:{" "}
        <code>wireproof report FILE</code> makes the report of it, with every wire log.
      </p>
      {files.length === 0 ? (
        <p class="nothing">There is none so far.</p>
      ) : (
        <ul class="files">
          {files.map(({ path, octets }) => (
            <li key={path}>
              <Go to={path}>{visible(path.replace(/^data\//, ""))}</Go>{" "}
              <span class="aside">{size(octets)}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
