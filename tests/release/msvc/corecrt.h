/* As much of Microsoft's C library as the modules and the headers of Python's limited API name, written for MSVC's rules:
   declarations alone, for a compiler that follows them without Windows. */

#pragma once

#include <limits.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

typedef struct FILE FILE;
typedef long long time_t;
struct tm {
    int tm_year;
};

#define NULL ((void *)0)
#define SEEK_CUR 1
#define _IONBF 4
#define EIO 5
#define ENOMEM 12
#define EINVAL 22
#define assert(condition) ((void)0)

extern int *_errno(void);
#define errno (*_errno())

void *calloc(size_t, size_t);
void *malloc(size_t);
void *realloc(void *, size_t);
void free(void *);
void abort(void);
void *_aligned_malloc(size_t, size_t);
void _aligned_free(void *);

void *memchr(const void *, int, size_t);
int memcmp(const void *, const void *, size_t);
void *memcpy(void *, const void *, size_t);
void *memset(void *, int, size_t);
char *strchr(const char *, int);
int strcmp(const char *, const char *);
int strncmp(const char *, const char *, size_t);
size_t strlen(const char *);
size_t wcslen(const wchar_t *);

int fclose(FILE *);
int ferror(FILE *);
size_t fread(void *, size_t, size_t, FILE *);
int fseek(FILE *, long, int);
int setvbuf(FILE *, char *, int, size_t);
int snprintf(char *, size_t, const char *, ...);
FILE *_wfopen(const wchar_t *, const wchar_t *);

intptr_t _get_osfhandle(int);
