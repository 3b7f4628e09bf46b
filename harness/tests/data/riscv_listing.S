# Every instruction of the ESP32-C3, for the recorded listing riscv_listing.txt.
    .option norvc
    .globl start
start:
    lui a0, 0xfffff
    lui t6, 1
    auipc s11, 0x12345
    jal start
    jal t0, start
    j start
    jalr a0
    jalr 16(a0)
    jalr t0, -2048(a1)
    jr a5
    jr 4(a5)
    ret
    beq a0, a1, start
    bne s0, s1, start
    blt t0, t1, start
    bge a6, a7, start
    bltu s2, s3, start
    bgeu gp, tp, start
    beqz a0, start
    bnez a0, start
    bltz a0, start
    bgez a0, start
    bgtz a0, start
    blez a0, start
    lb a0, -2048(sp)
    lh a1, 2047(gp)
    lw a2, 0(tp)
    lbu a3, 255(t0)
    lhu a4, 256(t1)
    sb a0, -2048(sp)
    sh a1, 2047(gp)
    sw zero, -1(tp)
    addi a0, a1, -2048
    addi a0, a0, 2047
    slti a0, a1, 5
    sltiu a0, a1, 5
    seqz a0, a1
    xori a0, a1, 0x155
    not a0, a1
    ori a0, a1, 1
    andi a0, a1, 255
    andi a0, a1, -256
    slli a0, a1, 31
    srli a0, a1, 1
    srai a0, a1, 12
    add a0, a1, a2
    add a0, zero, a2
    sub a0, a1, a2
    neg a0, a1
    sll a0, a1, a2
    slt a0, a1, a2
    sltz a0, a1
    sgtz a0, a1
    sltu a0, a1, a2
    snez a0, a1
    xor a0, a1, a2
    srl a0, a1, a2
    sra a0, a1, a2
    or a0, a1, a2
    and a0, a1, a2
    mul a0, a1, a2
    mulh a0, a1, a2
    mulhsu a0, a1, a2
    mulhu a0, a1, a2
    div a0, a1, a2
    divu a0, a1, a2
    rem a0, a1, a2
    remu a0, a1, a2
    fence
    fence rw, w
    fence i, o
    fence.i
    ecall
    ebreak
    mret
    wfi
    nop
    li a0, -1
    mv a0, a1
    csrr a0, mstatus
    csrw mtvec, a0
    csrs mepc, a0
    csrc mcause, a0
    csrrw a0, mscratch, a1
    csrrs a0, mtval, a1
    csrrc a0, misa, a1
    csrwi tselect, 3
    csrsi mstatus, 8
    csrci mstatus, 8
    csrrwi a0, tcontrol, 31
    csrrsi a0, tdata1, 1
    csrrci a0, tdata2, 1
    csrr a0, pmpcfg3
    csrw pmpaddr15, a0
    csrr a0, mvendorid
    csrr a0, marchid
    csrr a0, mimpid
    csrr a0, mhartid
    csrr a0, 0x7e2
    csrr a0, 0x802
    .option rvc
    c.nop
    c.addi a0, -32
    c.jal start
    c.li a0, 31
    c.lui s0, 0x1f
    c.addi16sp sp, -512
    c.addi4spn a0, sp, 1020
    c.srli a0, 1
    c.srai a1, 31
    c.andi a2, -1
    c.sub a0, a1
    c.xor a0, a1
    c.or a0, a1
    c.and a0, a1
    c.j start
    c.beqz a0, next
    c.bnez a0, next
next:
    c.slli t6, 31
    c.lwsp t6, 252(sp)
    c.swsp t6, 252(sp)
    c.lw a5, 124(s1)
    c.sw s0, 64(a4)
    c.jr t0
    c.jalr t0
    c.mv t0, t6
    c.add t0, t6
    c.ebreak
    c.unimp
