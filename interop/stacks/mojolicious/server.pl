# Echo server on Mojolicious. The event `text` has octets, and leaves UTF-8 to the application. Argument: the port.
use Mojolicious::Lite -signatures;

# The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
my %scenarios = map { $_ => 1 } qw(open text binary fragmented deflate ping subprotocol close-client close-server);
my $scenario  = $ENV{WIREPROOF_SCENARIO} // 'open';
exit 127 unless $scenarios{$scenario};

app->log->level('fatal');

websocket '/' => sub ($self) {
  $self->tx->max_websocket_size(64 * 1024 * 1024);
  $self->tx->with_compression          if $scenario eq 'deflate';
  $self->tx->with_protocols('chat.v2') if $scenario eq 'subprotocol';
  $self->on(
    text => sub ($self, $octets) {
      return $self->finish(3001 => 'server done') if $scenario eq 'close-server';
      $self->send({text => $octets});
    }
  );
  $self->on(binary => sub ($self, $octets) { $self->send({binary => $octets}) });
};

app->start('daemon', '--listen', "http://127.0.0.1:$ARGV[0]");
