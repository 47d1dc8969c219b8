using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [(name = "echo", worker = .echo)],
  sockets = [(name = "http", http = (), service = "echo")],
);

const echo :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed "worker.js")],
  bindings = [(name = "WIREPROOF_SCENARIO", fromEnvironment = "WIREPROOF_SCENARIO")],
  compatibilityDate = "2025-01-01",
);
