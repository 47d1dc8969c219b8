# Echo server on Mojolicious. The event `text` has octets, and leaves UTF-8 to the application. Argument: the port.
use Mojolicious::Lite -signatures;

app->log->level('fatal');

websocket '/' => sub ($self) {
  $self->tx->max_websocket_size(64 * 1024 * 1024);
  $self->on(text   => sub ($self, $octets) { $self->send({text   => $octets}) });
  $self->on(binary => sub ($self, $octets) { $self->send({binary => $octets}) });
};

app->start('daemon', '--listen', "http://127.0.0.1:$ARGV[0]");
