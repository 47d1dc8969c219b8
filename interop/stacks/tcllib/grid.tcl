# Plays a scenario of the interop grid with the websocket package of Tcllib, which has no permessage-deflate.
# Argument: the server's address.
package require websocket
::websocket::loglevel critical

set url [lindex $argv 0]
set scenario [expr {[info exists env(WIREPROOF_SCENARIO)] ? $env(WIREPROOF_SCENARIO) : ""}]
set scenarios {open text binary fragmented ping subprotocol close-client close-server}
if {$scenario ni $scenarios} {exit 127}

# What the package has told: a list of types and messages, without the Pings that it answers.
set events {}
proc on_event {socket type message} {
    if {$type ne "ping"} {lappend ::events $type $message}
}

# Waits for an event of this type and returns its message; an error if something else comes before.
proc next {wanted} {
    if {![llength $::events]} {vwait ::events}
    set ::events [lassign $::events type message]
    if {$type ne $wanted} {error "$type before $wanted: [string range $message 0 79]"}
    return $message
}

proc play {scenario} {
    set options [expr {$scenario eq "subprotocol" ? {-protocol {chat.v1 chat.v2}} : {}}]
    set socket [::websocket::open $::url on_event {*}$options]
    set subprotocol [next connect]
    switch $scenario {
        text {echo $socket text "Grüße, 世界 👋"}
        binary {
            for {set value 0} {$value < 256} {incr value} {append octets [binary format c $value]}
            echo $socket binary $octets
        }
        fragmented {
            set part [string repeat a 65536]
            for {set number 1} {$number <= 16} {incr number} {
                ::websocket::send $socket text $part [expr {$number == 16}]
            }
            expect echo [next text] [string repeat a 1048576]
        }
        ping {
            ::websocket::send $socket ping wireproof
            expect "payload of the Pong" [next pong] wireproof
        }
        subprotocol {expect subprotocol $subprotocol chat.v2}
        close-server {
            ::websocket::send $socket text bye
            # The package answers the Close frame by itself.
            expect "close code and reason" [next close] {3001 {server done}}
            next disconnect
            return
        }
    }
    # The package closes TCP behind its own Close frame. So there is no answer to look at.
    if {$scenario eq "close-client"} {
        ::websocket::close $socket 3000 "client done"
    } else {
        ::websocket::close $socket
    }
    next close
    next disconnect
}

proc echo {socket type message} {
    ::websocket::send $socket $type $message
    expect echo [next $type] $message
}

proc expect {what got wanted} {
    if {$got ne $wanted} {error "$what: [string range $got 0 79], not [string range $wanted 0 79]"}
}

if {[catch {play $scenario} complaint]} {
    puts stderr [lindex [split $complaint \n] 0]
    exit 1
}
