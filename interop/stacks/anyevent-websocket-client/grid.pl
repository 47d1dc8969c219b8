# Plays a scenario of the interop grid with AnyEvent::WebSocket::Client, which has no permessage-deflate, sends no fragments
# and does not tell of Pongs. Argument: the server's address.
use strict;
use warnings;
use utf8;
use AnyEvent;
use AnyEvent::WebSocket::Client;
use AnyEvent::WebSocket::Message;

my %options  = (subprotocol => [subprotocol => ['chat.v1', 'chat.v2']]);
my @known    = qw(open text binary subprotocol close-client close-server);
my $scenario = $ENV{WIREPROOF_SCENARIO} // '';
exit 127 unless grep { $_ eq $scenario } @known;

my $client     = AnyEvent::WebSocket::Client->new(@{ $options{$scenario} // [] });
my $connection = eval { $client->connect($ARGV[0])->recv } or fail("not opened: $@");
my $finished   = AE::cv;
$connection->on(finish => sub { my ($it, $error) = @_; $finished->send($error) });

if ($scenario eq 'text') {
    $connection->send('Grüße, 世界 👋');
    my $echo = next_message();
    expect('type', $echo->is_text ? 'text' : 'other', 'text');
    expect('echo', $echo->decoded_body, 'Grüße, 世界 👋');
}
elsif ($scenario eq 'binary') {
    my $octets = join '', map { chr } 0 .. 255;
    $connection->send(AnyEvent::WebSocket::Message->new(opcode => 2, body => $octets));
    my $echo = next_message();
    expect('type', $echo->is_binary ? 'binary' : 'other', 'binary');
    expect('echo', $echo->body, $octets);
}
elsif ($scenario eq 'subprotocol') {
    expect('subprotocol', $connection->subprotocol, 'chat.v2');
}
if ($scenario eq 'close-client') {
    $connection->close(3000, 'client done');
    wait_for_end();
    expect('close code of the answer', $connection->close_code, 3000);
}
elsif ($scenario eq 'close-server') {
    $connection->send('bye');
    wait_for_end();
    expect('close code',   $connection->close_code,   3001);
    expect('close reason', $connection->close_reason, 'server done');
}
else {
    $connection->close(1000);
    wait_for_end();
}

sub next_message {
    my $came = AE::cv;
    $connection->on(next_message => sub { my ($it, $message) = @_; $came->send($message) });
    $connection->on(finish => sub { $came->croak('closed before the message') });
    return eval { $came->recv } // fail($@);
}

sub wait_for_end {
    my $error = $finished->recv;
    fail($error) if defined $error;
}

sub expect {
    my ($what, $is, $wanted) = @_;
    $is //= 'none';
    fail("$what: " . substr($is, 0, 80) . ', not ' . substr($wanted, 0, 80)) unless $is eq $wanted;
}

sub fail {
    my ($complaint) = @_;
    chomp $complaint;
    utf8::encode($complaint);
    print STDERR "$complaint\n";
    exit 1;
}
