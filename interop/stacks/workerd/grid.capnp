using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "grid", worker = .grid),
    (name = "internet", network = (allow = ["private"])),
  ],
  sockets = [(name = "http", http = (), service = "grid")],
);

const grid :Workerd.Worker = (
  modules = [
    (name = "grid-worker.js", esModule = embed "grid-worker.js"),
    (name = "scenarios.mjs", esModule = embed "scenarios.mjs"),
  ],
  compatibilityDate = "2026-11-01",
);
