# WebSocket as the documentation of Varnish has it: https://varnish-cache.org/docs/7.1/users-guide/vcl-example-websockets.html
vcl 4.1;

backend server {
  .host = "127.0.0.1";
  .port = "{behind}";
}

sub vcl_pipe {
  if (req.http.upgrade) {
    set bereq.http.upgrade = req.http.upgrade;
    set bereq.http.connection = req.http.connection;
  }
}

sub vcl_recv {
  if (req.http.Upgrade ~ "(?i)websocket") {
    return (pipe);
  }
}
