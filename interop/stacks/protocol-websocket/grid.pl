# Plays a scenario of the interop grid with Protocol::WebSocket, which has no permessage-deflate. It makes and parses frames;
# Ping, Close and the socket are up to this program. Argument: the server's address.
use strict;
use warnings;
use utf8;
use Encode;
use IO::Socket::INET;
use Protocol::WebSocket::Frame;
use Protocol::WebSocket::Handshake::Client;

my @known    = qw(open text binary fragmented ping subprotocol close-client close-server);
my $scenario = $ENV{WIREPROOF_SCENARIO} // '';
exit 127 unless grep { $_ eq $scenario } @known;

# Without this, the end of the connection would end the program while it writes.
$SIG{PIPE} = 'IGNORE';
my ($url) = @ARGV;
my $socket = IO::Socket::INET->new(PeerAddr => $url =~ s{^ws://([^/]*).*}{$1}r) or fail("not connected: $@");
my $handshake = Protocol::WebSocket::Handshake::Client->new(url => $url);
# The echo of `fragmented` may come in a single frame.
my $parser = Protocol::WebSocket::Frame->new(max_payload_size => 1048576);
shake_hands();

if ($scenario eq 'text') {
    send_frame(type => 'text', buffer => 'Grüße, 世界 👋');
    expect_message('text', encode('UTF-8', 'Grüße, 世界 👋'));
}
elsif ($scenario eq 'binary') {
    my $octets = join '', map { chr } 0 .. 255;
    send_frame(type => 'binary', buffer => $octets);
    expect_message('binary', $octets);
}
elsif ($scenario eq 'fragmented') {
    send_frame(type => $_ == 1 ? 'text' : 'continuation', fin => $_ == 16, buffer => 'a' x 65536) for 1 .. 16;
    expect_message('text', 'a' x 1048576);
}
elsif ($scenario eq 'ping') {
    send_frame(type => 'ping', buffer => 'wireproof');
    expect_message('pong', 'wireproof');
}
elsif ($scenario eq 'subprotocol') {
    expect('subprotocol', $handshake->res->subprotocol, 'chat.v2');
}
if ($scenario eq 'close-server') {
    send_frame(type => 'text', buffer => 'bye');
    my $payload = expect_type('close');
    my ($code, $reason) = unpack 'n a*', $payload;
    expect('close code',   $code,   3001);
    expect('close reason', $reason, 'server done');
    send_frame(type => 'close', buffer => $payload);
}
else {
    my ($code, $reason) = $scenario eq 'close-client' ? (3000, 'client done') : (1000, '');
    send_frame(type => 'close', buffer => pack('n a*', $code, $reason));
    my $payload = expect_type('close');
    expect('close code of the answer', unpack('n', $payload), 3000) if $scenario eq 'close-client';
}
# The server closes first.
1 while length read_octets();

sub shake_hands {
    $handshake->req->subprotocol('chat.v1, chat.v2') if $scenario eq 'subprotocol';
    print {$socket} $handshake->to_string;
    $socket->flush;
    until ($handshake->is_done) {
        my $octets = read_octets();
        fail('closed before the answer to the handshake') unless length $octets;
        $handshake->parse($octets) or fail($handshake->error);
        # What the handshake has not taken stays in $octets.
        $parser->append($octets) if $handshake->is_done;
    }
}

sub send_frame {
    print {$socket} Protocol::WebSocket::Frame->new(masked => 1, @_)->to_bytes;
    $socket->flush;
}

# Returns the payload of the next message or control frame; the parser joins fragments.
sub receive {
    my $payload;
    until (defined($payload = eval { $parser->next_bytes })) {
        fail($@) if $@;
        my $octets = read_octets();
        fail('closed without a Close frame') unless length $octets;
        $parser->append($octets);
    }
    return $payload unless $parser->is_ping;
    send_frame(type => 'pong', buffer => $payload);
    return receive();
}

# Returns what has come; nothing at the end of the connection.
sub read_octets {
    sysread($socket, my $octets, 65536) // fail("not read: $!");
    return $octets;
}

sub expect_message {
    my ($type, $payload) = @_;
    expect('payload', expect_type($type), $payload);
}

# Returns the payload.
sub expect_type {
    my ($wanted) = @_;
    my $payload = receive();
    my ($type) = grep { $parser->can("is_$_")->($parser) } qw(text binary close pong);
    expect('type', $type, $wanted);
    return $payload;
}

sub expect {
    my ($what, $is, $wanted) = @_;
    $is //= 'none';
    fail("$what: " . substr($is, 0, 80) . ', not ' . substr($wanted, 0, 80)) unless $is eq $wanted;
}

sub fail {
    my ($complaint) = @_;
    chomp $complaint;
    print STDERR "$complaint\n";
    exit 1;
}
