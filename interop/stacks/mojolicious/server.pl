# Echo server on Mojolicious, which leaves the UTF-8 of text messages to the application. Argument: the port.
use Mojolicious::Lite -signatures;
use Mojo::Util qw(decode);

app->log->level('fatal');

websocket '/' => sub ($self) {
  $self->tx->max_websocket_size(64 * 1024 * 1024);
  $self->on(
    text => sub ($self, $octets) {
      return $self->finish(1007) unless defined decode('UTF-8', $octets);
      $self->send({text => $octets});
    }
  );
  $self->on(binary => sub ($self, $octets) { $self->send({binary => $octets}) });
};

app->start('daemon', '--listen', "http://127.0.0.1:$ARGV[0]");
