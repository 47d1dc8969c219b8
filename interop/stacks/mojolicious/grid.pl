# Plays a scenario of the interop grid with Mojo::UserAgent. Argument: the server's address.
use Mojo::Base -strict, -signatures;
use utf8;
use Mojo::IOLoop;
use Mojo::UserAgent;
use Mojo::Util      qw(encode);
use Mojo::WebSocket qw(WS_CONTINUATION WS_PING WS_PONG WS_TEXT);

my %headers  = (deflate     => {'Sec-WebSocket-Extensions' => 'permessage-deflate'});
my %offers   = (subprotocol => ['chat.v1', 'chat.v2']);
my @known    = qw(open text binary fragmented deflate ping subprotocol close-client close-server);
my $scenario = $ENV{WIREPROOF_SCENARIO} // '';
exit 127 unless grep { $_ eq $scenario } @known;

my @events;    # What has come: [text => octets], [binary => octets], [pong => payload], [code => 1000] and so on.
my $is_open = 1;
my $ua      = Mojo::UserAgent->new;
my $is_good = eval { play(connect_to($ARGV[0])); 1 } or print STDERR $@;
exit($is_good ? 0 : 1);

sub connect_to ($url) {
  my $tx;
  $ua->websocket($url, $headers{$scenario} // {}, $offers{$scenario} // [], sub ($ua, $it) { $tx = $it });
  Mojo::IOLoop->one_tick until $tx;
  die "the handshake failed\n" unless $tx->is_websocket;
  $tx->max_websocket_size(64 * 1024 * 1024);
  $tx->on(text   => sub ($tx, $octets) { push @events, [text   => $octets] });
  $tx->on(binary => sub ($tx, $octets) { push @events, [binary => $octets] });
  $tx->on(frame  => sub ($tx, $frame)  { push @events, [pong   => $frame->[5]] if $frame->[4] == WS_PONG });
  $tx->on(finish => sub ($tx, $code, $reason) { push @events, [code => $code], [reason => $reason // ''] });
  Mojo::IOLoop->stream($tx->connection)->on(close => sub { $is_open = 0 });
  return $tx;
}

sub play ($tx) {
  if ($scenario eq 'text') {
    $tx->send('Grüße, 世界 👋');
    expect(text => encode('UTF-8', 'Grüße, 世界 👋'));
  }
  elsif ($scenario eq 'binary') {
    my $octets = join '', map {chr} 0 .. 255;
    $tx->send({binary => $octets});
    expect(binary => $octets);
  }
  elsif ($scenario eq 'fragmented') {
    $tx->send([$_ == 15, 0, 0, 0, $_ == 0 ? WS_TEXT : WS_CONTINUATION, 'a' x 65_536]) for 0 .. 15;
    expect(text => 'a' x 1_048_576);
  }
  elsif ($scenario eq 'deflate') {
    die "permessage-deflate was not agreed\n" unless $tx->compressed;
    for (1 .. 3) {
      $tx->send('deflate ' x 2048);
      expect(text => 'deflate ' x 2048);
    }
  }
  elsif ($scenario eq 'ping') {
    $tx->send([1, 0, 0, 0, WS_PING, 'wireproof']);
    expect(pong => 'wireproof');
  }
  elsif ($scenario eq 'subprotocol') {
    my $agreed = $tx->protocol // 'none';
    die "subprotocol: $agreed, not chat.v2\n" unless $agreed eq 'chat.v2';
  }
  if ($scenario eq 'close-client') {
    # If no answer comes in time, it tells its own code.
    $tx->finish(3000, 'client done');
    expect(code => 3000);
  }
  elsif ($scenario eq 'close-server') {
    $tx->send('bye');
    expect(code   => 3001);
    expect(reason => 'server done');
  }
  else {
    $tx->finish(1000);
    expect('code');
  }
  # The event `finish` comes before the Close frame is written.
  Mojo::IOLoop->one_tick while $is_open;
}

# Waits for what comes next, which has to be of this kind, and to be this if there is one.
sub expect ($kind, $wanted = undef) {
  Mojo::IOLoop->one_tick until @events;
  my ($got_kind, $got) = @{ shift @events };
  die "$got_kind, not $kind\n" unless $got_kind eq $kind;
  return if !defined $wanted || $got eq $wanted;
  die "$kind: ", substr($got, 0, 80), ', not ', substr($wanted, 0, 80), "\n";
}
