#!/usr/bin/env bash
# The entry of the image: runs the command in its own place, so that signals reach it. As root, whose reports nobody
# else could delete, it runs the command as the owner of the folder for reports.
set -euo pipefail

reports=${WIREPROOF_REPORTS:-/reports}

# Options alone are those of wstest.
if [ "$#" -eq 0 ] || [ "${1#-}" != "$1" ]; then set -- wstest "$@"; fi

if [ "$(id -u)" = 0 ] && [ -d "$reports" ]; then
  owner=$(stat -c %u "$reports")
  if [ "$owner" != 0 ]; then
    # What root may do to files and ports stays allowed: spec files that only root can read, other folders.
    keep=+dac_override,+net_bind_service
    as=(setpriv --reuid "$owner" --regid "$(stat -c %g "$reports")" --clear-groups --inh-caps "$keep" --ambient-caps "$keep" --)
    # A container may have been denied the right to change its user: then root has to do.
    if "${as[@]}" true 2>/dev/null; then exec "${as[@]}" "$@"; fi
  fi
fi

exec "$@"
