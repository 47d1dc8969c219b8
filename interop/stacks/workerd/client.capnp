using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "walk", worker = .walk),
    (name = "internet", network = (allow = ["private"])),
  ],
  sockets = [(name = "http", http = (), service = "walk")],
);

const walk :Workerd.Worker = (
  modules = [(name = "walk.js", esModule = embed "walk.js")],
  compatibilityDate = "2026-11-01",
);
