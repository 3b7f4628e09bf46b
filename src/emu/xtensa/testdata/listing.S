/* Instructions that compilers seldom write, for the disassembler test. */
    .text
    .global rest
rest:
    abs a2, a3
    neg a15, a1
    addx2 a4, a5, a6
    addx8 a4, a5, a6
    subx2 a4, a5, a6
    subx4 a4, a5, a6
    subx8 a4, a5, a6
    addmi a2, a3, -32768
    addmi a2, a3, 256
    extui a2, a3, 31, 1
    extui a2, a3, 4, 16
    mul16u a2, a3, a4
    mul16s a2, a3, a4
    mull a9, a10, a11
    nsa a2, a3
    nsau a4, a5
    ssr a2
    ssl a3
    ssa8l a4
    ssa8b a5
    ssai 31
    sll a6, a7
    srl a8, a9
    sra a10, a11
    src a12, a13, a14
    slli a2, a3, 1
    slli a2, a3, 31
    srli a2, a3, 15
    srai a2, a3, 31
    moveqz a2, a3, a4
    movnez a2, a3, a4
    movltz a2, a3, a4
    movgez a2, a3, a4
    l8ui a2, a3, 255
    l16si a2, a3, 510
    l32i a2, a3, 1020
    s16i a2, a3, 2
    movi a2, -2048
    movi a2, 2047
    movi.n a2, -32
    movi.n a2, 95
    beqi a2, -1, rest
    bnei a2, 256, rest
    blti a2, 10, rest
    bgei a2, 64, rest
    bltui a2, 32768, rest
    bgeui a2, 65536, rest
    ball a2, a3, rest
    bnall a2, a3, rest
    bany a2, a3, rest
    bbc a2, a3, rest
    bbs a2, a3, rest
    bbci a2, 31, rest
    bbsi a2, 0, rest
    beqz a2, rest
    j rest
    jx a3
    callx0 a4
    rsr.sar a2
    rsr.ps a3
    wsr.excsave1 a4
    xsr.epc1 a5
    wsr.vecbase a6
    rsr.ccount a7
    wsr.ccompare0 a8
    wsr.intclear a9
    rsr.interrupt a9
    rsr.prid a10
    rsil a2, 15
    waiti 3
    rfi 2
    rfe
    rfde
    break 1, 15
    break.n 3
    syscall
    simcall
    ill
    isync
    rsync
    esync
    dsync
    memw
    extw
    excw
    nop
    nop.n
    rdtlb0 a2, a3
    rdtlb1 a2, a3
    ritlb0 a4, a5
    ritlb1 a4, a5
    pitlb a6, a7
    pdtlb a6, a7
    wdtlb a8, a9
    witlb a8, a9
    idtlb a2
    iitlb a3
