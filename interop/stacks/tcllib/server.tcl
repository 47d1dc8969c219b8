# Echo server on the websocket package of Tcllib. Tcl has no server for HTTP: this one reads the head of a request.
# Argument: the port.
package require websocket
::websocket::loglevel critical

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
    if {$type in {text binary}} {::websocket::send $socket $type $message}
}

set server [socket -server accept -myaddr 127.0.0.1 [lindex $argv 0]]
::websocket::server $server
::websocket::live $server / on_event
vwait forever
