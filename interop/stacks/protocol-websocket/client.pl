# Walks through the cases of the tester with Protocol::WebSocket. Argument: the tester's address.
use strict;
use warnings;
use IO::Socket::INET;
use Protocol::WebSocket::Handshake::Client;
require './echo.pl';

my $url = $ARGV[0];

# Connects, and returns when the connection is closed or could not be opened.
sub visit {
    my ($path, $on_message) = @_;
    my $socket = IO::Socket::INET->new(PeerAddr => $url =~ s{^ws://}{}r) or return;
    my $handshake = Protocol::WebSocket::Handshake::Client->new(url => "$url$path");
    print {$socket} $handshake->to_string;
    $socket->flush;
    while (sysread($socket, my $octets, 65536)) {
        $handshake->parse($octets) or return;
        # What the handshake has not taken stays in $octets.
        return receive_until_closed($socket, 1, $octets, $on_message) if $handshake->is_done;
    }
}

my $count = 0;
visit('/getCaseCount', sub { $count = $_[0]; undef });
visit("/runCase?case=$_&agent=Protocol-WebSocket", sub { $_[0] }) for 1 .. $count;
visit('/updateReports?agent=Protocol-WebSocket', sub { undef });
