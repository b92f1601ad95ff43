#pragma once

#ifdef _M_X64
#include <emmintrin.h>
#endif

unsigned char _BitScanForward64(unsigned long *, unsigned __int64);
unsigned char _BitScanReverse64(unsigned long *, unsigned __int64);
unsigned int _CountOneBits64(unsigned __int64);
unsigned __int64 __popcnt64(unsigned __int64);
unsigned __int64 __umulh(unsigned __int64, unsigned __int64);
long _InterlockedDecrement(volatile long *);
void __cpuid(int[4], int);
