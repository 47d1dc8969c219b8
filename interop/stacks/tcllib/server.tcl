# Echo server on the websocket package of Tcllib. Tcl has no server for HTTP: this one reads the head of a request.
# Argument: the port.
package require websocket
::websocket::loglevel critical

# The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
set scenarios {open text binary fragmented ping subprotocol close-client close-server}
set scenario [expr {[info exists env(WIREPROOF_SCENARIO)] ? $env(WIREPROOF_SCENARIO) : "open"}]
if {$scenario ni $scenarios} {exit 127}

proc accept {socket address port} {
    fconfigure $socket -translation crlf -blocking 0
    fileevent $socket readable [list read_head $socket {}]
}

proc read_head {socket lines} {
    if {[gets $socket line] < 0} {
        if {[eof $socket]} {close $socket}
        return
    }
    if {$line ne ""} {
        fileevent $socket readable [list read_head $socket [concat $lines [list $line]]]
        return
    }
    fileevent $socket readable {}
    # Without a list of subprotocols, the package ends with an error.
    set fields {Sec-WebSocket-Protocol {}}
    foreach field [lrange $lines 1 end] {
        regexp {^([^:]*):\s*(.*?)\s*$} $field -> name value
        lappend fields $name $value
    }
    if {[catch {::websocket::test $::server $socket / $fields} is_websocket] || !$is_websocket} {
        puts $socket "HTTP/1.1 400 Bad Request\nConnection: close\nContent-Length: 0\n"
        close $socket
    } else {
        ::websocket::upgrade $socket
    }
}

proc on_event {socket type message} {
    if {$type ni {text binary}} return
    if {$::scenario eq "close-server"} {
        ::websocket::close $socket 3001 "server done"
    } else {
        ::websocket::send $socket $type $message
    }
}

set server [socket -server accept -myaddr 127.0.0.1 [lindex $argv 0]]
::websocket::server $server
::websocket::live $server / on_event [expr {$scenario eq "subprotocol" ? "chat.v2" : "*"}]
vwait forever
