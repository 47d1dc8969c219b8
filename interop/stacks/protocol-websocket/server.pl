# Echo server on Protocol::WebSocket; a process for each connection. Argument: the port.
use strict;
use warnings;
use IO::Socket::INET;
use Protocol::WebSocket::Handshake::Server;
require './echo.pl';

# The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
my %scenarios = map { $_ => 1 } qw(open text binary fragmented ping subprotocol close-client close-server);
my $scenario = $ENV{WIREPROOF_SCENARIO} // 'open';
exit 127 unless $scenarios{$scenario};

$SIG{CHLD} = 'IGNORE';
my $server = IO::Socket::INET->new(LocalAddr => '127.0.0.1', LocalPort => $ARGV[0], Listen => 128, ReuseAddr => 1) or die $!;
while (1) {
    my $socket = $server->accept or next;
    if (!fork) {
        serve($socket);
        exit;
    }
    close $socket;
}

sub serve {
    my ($socket) = @_;
    my $handshake = Protocol::WebSocket::Handshake::Server->new;
    while (!$handshake->is_done) {
        sysread($socket, my $octets, 65536) or return;
        if (!$handshake->parse($octets)) {
            print {$socket} "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
            return;
        }
        # What the handshake has not taken stays in $octets.
        next unless $handshake->is_done;
        my $is_offered = ($handshake->req->subprotocol // '') =~ /\bchat\.v2\b/;
        $handshake->res->subprotocol('chat.v2') if $is_offered && $scenario eq 'subprotocol';
        print {$socket} $handshake->to_string;
        $socket->flush;
        receive_until_closed($socket, 0, $octets, \&answer);
    }
}

sub answer {
    my ($message) = @_;
    return $scenario eq 'close-server' ? (pack('n a*', 3001, 'server done'), 'close') : $message;
}
