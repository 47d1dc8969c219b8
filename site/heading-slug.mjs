/**
 * The anchor of a heading as GitHub makes it: lower case, spaces become hyphens, and everything goes that is no letter,
 * number, hyphen or underscore.
 */
export function headingSlug(heading) {
  return heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, "")
    .replaceAll(" ", "-");
}
