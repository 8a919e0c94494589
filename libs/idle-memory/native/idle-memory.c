/*
 * What a process can give back while it has nothing to do, and what only native code can ask for: free pieces of the allocator's
 * heaps, and pages of Node's own file that were needed once.
 */
#define _GNU_SOURCE
#define NAPI_VERSION 8
#include <node_api.h>

#include <errno.h>
#include <link.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* glibc's alone (malloc_trim(3)). */
extern int malloc_trim(size_t padding) __attribute__((weak));

enum { most_segments = 16, most_path = 4096 };

struct segments {
  int count;
  struct {
    unsigned long start, end;
  } of[most_segments];
};

/* One of /proc/PID/smaps (proc_pid_smaps(5)); sizes in KiB. */
struct mapping {
  unsigned long start, end;
  char access[5];
  unsigned long inode, resident, anonymous, swapped, locked, page;
  /* Which of the sizes the kernel has told. */
  unsigned told;
};

static const struct {
  const char *name;
  size_t place;
} sizes[] = {
    {"Rss:", offsetof(struct mapping, resident)},   {"Anonymous:", offsetof(struct mapping, anonymous)},
    {"Swap:", offsetof(struct mapping, swapped)},   {"Locked:", offsetof(struct mapping, locked)},
    {"KernelPageSize:", offsetof(struct mapping, page)},
};
enum { size_count = sizeof sizes / sizeof *sizes, all_told = (1 << size_count) - 1 };

static napi_value fail(napi_env env, const char *message) {
  napi_throw_error(env, NULL, message);
  return NULL;
}

/*
 * The segments that cannot be written of the object that has Node-API, the program or a library of it: where Node itself is
 * stays mapped as it is for as long as the process lives, so that no other thread can put something else there.
 */
static int find_node(struct dl_phdr_info *object, size_t size, void *argument) {
  struct segments *segments = argument;
  const unsigned long page = (unsigned long)sysconf(_SC_PAGESIZE), known = (unsigned long)napi_create_double;
  bool is_node = false;
  (void)size;
  segments->count = 0;
  for (int at = 0; at < object->dlpi_phnum; at++) {
    const ElfW(Phdr) *header = &object->dlpi_phdr[at];
    if (header->p_type != PT_LOAD) continue;
    const unsigned long start = object->dlpi_addr + header->p_vaddr, end = start + header->p_memsz;
    if (known >= start && known < end) is_node = true;
    if ((header->p_flags & PF_W) != 0 || segments->count == most_segments) continue;
    segments->of[segments->count].start = start & ~(page - 1);
    segments->of[segments->count++].end = (end + page - 1) & ~(page - 1);
  }
  return is_node;
}

/*
 * Whether its file has every page of it. Pages that the process has of its own, because something was written there (relocations,
 * breakpoints), are anonymous, in memory or in swap. Those of huge pages are not told as such.
 */
static bool is_as_its_file(const struct mapping *mapping) {
  return mapping->inode != 0 && mapping->access[1] == '-' && mapping->access[3] == 'p' && mapping->told == all_told &&
         mapping->anonymous == 0 && mapping->swapped == 0 && mapping->locked == 0 &&
         mapping->page * 1024 == (unsigned long)sysconf(_SC_PAGESIZE);
}

static bool is_within(const struct mapping *mapping, const struct segments *segments) {
  for (int at = 0; at < segments->count; at++)
    if (mapping->start >= segments->of[at].start && mapping->end <= segments->of[at].end) return true;
  return false;
}

/* How many KiB it has let go; -1 where the system does not let it. */
static long drop(const struct mapping *mapping, const struct segments *segments) {
  if (mapping->resident == 0 || !is_as_its_file(mapping) || !is_within(mapping, segments)) return 0;
  if (madvise((void *)mapping->start, mapping->end - mapping->start, MADV_DONTNEED) != 0) return -1;
  return (long)mapping->resident;
}

static void read_size(const char *line, struct mapping *mapping) {
  for (int at = 0; at < size_count; at++) {
    const size_t length = strlen(sizes[at].name);
    if (strncmp(line, sizes[at].name, length) != 0) continue;
    if (sscanf(line + length, "%lu kB", (unsigned long *)((char *)mapping + sizes[at].place)) == 1)
      mapping->told |= 1u << at;
  }
}

static bool is_head(const char *line, struct mapping *mapping) {
  struct mapping found = {0};
  if (sscanf(line, "%lx-%lx %4s %*x %*x:%*x %lu", &found.start, &found.end, found.access, &found.inode) != 4) return false;
  *mapping = found;
  return true;
}

/* How many KiB; -1 with errno. */
static long drop_all(FILE *smaps, const struct segments *segments) {
  struct mapping mapping = {0}, next = {0};
  char *line = NULL;
  size_t room = 0;
  long dropped = 0;
  for (bool more = true; more;) {
    more = getline(&line, &room, smaps) > 0;
    if (more && !is_head(line, &next)) {
      read_size(line, &mapping);
      continue;
    }
    const long more_dropped = drop(&mapping, segments);
    if (more_dropped < 0) {
      dropped = -1;
      break;
    }
    dropped += more_dropped;
    mapping = next;
  }
  free(line);
  return dropped;
}

/* trim(): whether the allocator has given something back. */
static napi_value trim(napi_env env, napi_callback_info info) {
  napi_value any;
  (void)info;
  return napi_get_boolean(env, malloc_trim != NULL && malloc_trim(0) == 1, &any) == napi_ok ? any : NULL;
}

/* dropProgram(smapsPath): lets go of the pages of Node's own file, which come back as they are needed; how many KiB these were. */
static napi_value drop_program(napi_env env, napi_callback_info info) {
  napi_value path_value, dropped_value;
  size_t count = 1, length;
  char path[most_path];
  struct segments segments;
  if (napi_get_cb_info(env, info, &count, &path_value, NULL, NULL) != napi_ok || count != 1 ||
      napi_get_value_string_utf8(env, path_value, path, sizeof path, &length) != napi_ok)
    return fail(env, "wrong arguments");
  if (dl_iterate_phdr(find_node, &segments) == 0) return fail(env, "Node is in none of the objects that are loaded");
  FILE *smaps = fopen(path, "re");
  if (smaps == NULL) return fail(env, strerror(errno));
  const long dropped = drop_all(smaps, &segments);
  const int reason = errno;
  fclose(smaps);
  if (dropped < 0) return fail(env, strerror(reason));
  return napi_create_int64(env, dropped, &dropped_value) == napi_ok ? dropped_value : NULL;
}

NAPI_MODULE_INIT() {
  const napi_property_descriptor functions[] = {
      {"trim", NULL, trim, NULL, NULL, NULL, napi_enumerable, NULL},
      {"dropProgram", NULL, drop_program, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  napi_define_properties(env, exports, sizeof functions / sizeof *functions, functions);
  return exports;
}
