#pragma once

#include "corecrt.h"

typedef int BOOL;
typedef unsigned long DWORD;
typedef void *HANDLE;
typedef struct {
    uintptr_t Internal, InternalHigh;
    union {
        struct {
            DWORD Offset, OffsetHigh;
        };
        void *Pointer;
    };
    HANDLE hEvent;
} OVERLAPPED;

#define GENERIC_READ 0x80000000L
#define FILE_SHARE_READ 1
#define FILE_SHARE_WRITE 2
#define FILE_SHARE_DELETE 4
#define INVALID_HANDLE_VALUE ((HANDLE)(intptr_t)-1)

HANDLE __stdcall ReOpenFile(HANDLE, DWORD, DWORD, DWORD);
BOOL __stdcall ReadFile(HANDLE, void *, DWORD, DWORD *, OVERLAPPED *);
BOOL __stdcall CloseHandle(HANDLE);
