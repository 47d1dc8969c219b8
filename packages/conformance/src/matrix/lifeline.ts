/**
 * Loaded before a command that another process of ours has started: when standard input ends, that process is gone, and
 * the command is interrupted, so that it ends what it has started itself.
 */
process.stdin.on("end", () => process.kill(process.pid, "SIGTERM"));
process.stdin.on("error", () => undefined);
process.stdin.resume();
