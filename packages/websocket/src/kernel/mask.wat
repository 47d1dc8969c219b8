;; Unmasks payload data in place (RFC 6455 §5.3): XORs every octet with the masking key, repeated.
;;
;; Memory, fixed in size so that its ArrayBuffer is never detached:
;;   page 0       scratch for octets that lie elsewhere
;;   page 1       the read buffer of all sockets (64 KiB)
;;
;; The vector loads and stores need no alignment. Widths halve from 64 octets down to one; each width is a multiple
;; of the key's length, so the key stays in phase until the last three octets.
(module
  (memory (export "memory") 2 2)

  (func (export "unmask") (param $at i32) (param $octets i32) (param $key i32)
    (local $end i32)
    (local $wide v128)
    (local $long i64)
    (local.set $wide (i32x4.splat (local.get $key)))
    (local.set $long (i64x2.extract_lane 0 (local.get $wide)))

    ;; 64 octets a turn
    (local.set $end (i32.add (local.get $at) (i32.and (local.get $octets) (i32.const 0x7fffffc0))))
    (block $done64
      (loop $next64
        (br_if $done64 (i32.eq (local.get $at) (local.get $end)))
        (v128.store (local.get $at)
          (v128.xor (local.get $wide) (v128.load (local.get $at))))
        (v128.store offset=16 (local.get $at)
          (v128.xor (local.get $wide) (v128.load offset=16 (local.get $at))))
        (v128.store offset=32 (local.get $at)
          (v128.xor (local.get $wide) (v128.load offset=32 (local.get $at))))
        (v128.store offset=48 (local.get $at)
          (v128.xor (local.get $wide) (v128.load offset=48 (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 64)))
        (br $next64)))

    ;; 16 octets a turn, three times at most
    (local.set $end (i32.add (local.get $at) (i32.and (local.get $octets) (i32.const 48))))
    (block $done16
      (loop $next16
        (br_if $done16 (i32.eq (local.get $at) (local.get $end)))
        (v128.store (local.get $at)
          (v128.xor (local.get $wide) (v128.load (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next16)))

    ;; what is left, one bit of the length each
    (if (i32.and (local.get $octets) (i32.const 8))
      (then
        (i64.store (local.get $at) (i64.xor (local.get $long) (i64.load (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))))
    (if (i32.and (local.get $octets) (i32.const 4))
      (then
        (i32.store (local.get $at) (i32.xor (local.get $key) (i32.load (local.get $at))))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))))
    (if (i32.and (local.get $octets) (i32.const 2))
      (then
        (i32.store16 (local.get $at) (i32.xor (local.get $key) (i32.load16_u (local.get $at))))
        (local.set $key (i32.shr_u (local.get $key) (i32.const 16)))
        (local.set $at (i32.add (local.get $at) (i32.const 2)))))
    (if (i32.and (local.get $octets) (i32.const 1))
      (then
        (i32.store8 (local.get $at) (i32.xor (local.get $key) (i32.load8_u (local.get $at)))))))
)
