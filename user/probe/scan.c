/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/limits.h"
#include "probe/maps.h"
#include "probe/process.h"

/* Room for the names of the programs that use a file, in a line for people. */
#define USERS_CAP 160
/* Slots of the table: two keys for each file, and half of them free. */
#define SLOTS (4u * PROBE_FILES_MAX)

/* What is known of a file. */
struct file {
	enum target_kind kind;
	const char *name;      /* struct target's */
	struct target *target; /* of kinds that are probed; owned */
	void *attached;        /* in all processes; NULL: not */
	bool is_deleted, is_used, is_said;
	bool is_own; /* struct target's */
	char *path;  /* owned */
	char users[USERS_CAP];
};

struct slot {
	uint64_t dev, ino;
	uint32_t file; /* index + 1; 0: free */
	uint32_t space;
};

/* Two ways to number devices; they differ on some file systems. */
enum space {
	SPACE_MAPS,
	SPACE_STAT,
};

/* A file that is probed in one process only. */
struct single {
	uint32_t file, pid;
	void *attached;
	bool is_used;
};

struct scan {
	struct scan_config config;
	struct file *files;
	size_t files_cnt;
	struct slot *slots;
	struct single *singles;
	size_t singles_cnt;
	bool is_first; /* what was found is said at the end, together */
	bool is_killer, is_full_said;
	char own[PATH_MAX]; /* this program's file */
	char who[PATH_MAX];
};

/* What is looked at of one process. */
struct look {
	struct scan *s;
	uint32_t pid;
	char command[32];
	char program[PATH_MAX];
	bool is_wanted;
	uint32_t files[16]; /* that it uses, and that hold TLS */
	size_t files_cnt;
};

struct scan *scan_new(const struct scan_config *config)
{
	struct scan *s = calloc(1, sizeof(*s));
	struct utsname kernel;

	if (!s)
		return NULL;
	s->config = *config;
	/* A library's usual name leads to the file that is mapped. */
	if (config->who && *config->who == '/' && realpath(config->who, s->who))
		s->config.who = s->who;
	s->is_first = true;
	(void)process_program((uint32_t)getpid(), s->own, sizeof(s->own));
	s->is_killer = uname(&kernel) == 0 && process_kernel_kills(kernel.release);
	s->files = calloc(PROBE_FILES_MAX, sizeof(*s->files));
	s->slots = calloc(SLOTS, sizeof(*s->slots));
	s->singles = calloc(PROBE_LINKS_MAX, sizeof(*s->singles));
	if (s->files && s->slots && s->singles)
		return s;
	scan_free(s);
	return NULL;
}

void scan_free(struct scan *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->files_cnt; i++) {
		free(s->files[i].target);
		free(s->files[i].path);
	}
	free(s->files);
	free(s->slots);
	free(s->singles);
	free(s);
}

/* Say it, in one line. */
static void say(const struct scan *s, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void say(const struct scan *s, const char *format, ...)
{
	char line[PATH_MAX + 512];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	s->config.say(s->config.ctx, line);
}

/* The slot of a key, or the free one where it belongs. Half of them are free. */
static struct slot *slot_of(const struct scan *s, enum space space, uint64_t dev, uint64_t ino)
{
	uint64_t key[3] = { space, dev, ino };
	size_t i = hash_bytes(key, sizeof(key), 0) % SLOTS;

	while (s->slots[i].file &&
	       (s->slots[i].dev != dev || s->slots[i].ino != ino || s->slots[i].space != space))
		i = (i + 1) % SLOTS;
	return &s->slots[i];
}

static void slot_fill(struct slot *slot, enum space space, uint64_t dev, uint64_t ino,
		      uint32_t file)
{
	*slot = (struct slot){ .dev = dev, .ino = ino, .file = file, .space = space };
}

static bool read_file(void *ctx, uint64_t off, void *to, size_t len)
{
	int fd = *(const int *)ctx;
	uint8_t *at = to;

	while (len) {
		ssize_t n = off > INT64_MAX ? -1 : pread(fd, at, len, (off_t)off);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		at += n;
		off += (size_t)n;
		len -= (size_t)n;
	}
	return true;
}

/* What is in a file; keeps the places that are to be probed. */
static void file_read(struct file *f, int fd, bool is_program)
{
	struct elf_input in = { read_file, &fd };
	struct target *t = malloc(sizeof(*t));
	struct elf *e;

	if (!t)
		return;
	if (elf_open(&in, &e) == ELF_OK) {
		target_find(e, is_program, t);
		f->kind = t->kind;
		f->name = t->name;
		f->is_own = t->is_own;
		elf_close(e);
	}
	if (f->kind != TARGET_NONE && f->kind != TARGET_UNSEEN)
		f->target = t;
	else
		free(t);
}

/* Libraries whose very name says that they cannot be probed. */
static void file_name(struct file *f, enum maps_name name)
{
	f->kind = TARGET_UNSEEN;
	f->name =
		name == MAPS_NAME_JAVA ? "Java, whose TLS is its own" : "NSS, which is not probed";
}

/* The file at path, which was met the first time under this key, or all the same. 0: no room. */
static uint32_t file_meet(struct scan *s, const char *open_path, const struct mapping *m,
			  bool is_program)
{
	int fd = open(open_path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	enum maps_name name = maps_name(m->path);
	struct slot *slot;
	struct stat st;
	struct file *f;

	if (fd < 0)
		return 0;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || s->files_cnt == PROBE_FILES_MAX) {
		if (s->files_cnt == PROBE_FILES_MAX && !s->is_full_said)
			say(s, "too many programs: new ones are not looked into any more");
		s->is_full_said |= s->files_cnt == PROBE_FILES_MAX;
		close(fd);
		return 0;
	}
	slot = slot_of(s, SPACE_STAT, st.st_dev, st.st_ino);
	if (!slot->file) {
		f = &s->files[s->files_cnt++];
		slot_fill(slot, SPACE_STAT, st.st_dev, st.st_ino, (uint32_t)s->files_cnt);
		f->path = strdup(m->path);
		f->is_deleted = m->is_deleted;
		if (name == MAPS_NAME_JAVA || name == MAPS_NAME_NSS)
			file_name(f, name);
		else
			file_read(f, fd, is_program);
	}
	close(fd);
	return slot->file;
}

/* Add a program's name to those that use a file, once. */
static void user_add(struct file *f, const char *command)
{
	size_t used = strlen(f->users), len = strlen(command);
	const char *at = f->users;

	while ((at = strstr(at, command))) {
		bool is_word =
			(at == f->users || at[-1] == ' ') && (at[len] == '\0' || at[len] == ',');

		if (is_word)
			return;
		at += len;
	}
	if (used + len + 3 < sizeof(f->users))
		(void)snprintf(f->users + used, sizeof(f->users) - used, "%s%s", used ? ", " : "",
			       command);
}

/* "used by nginx, curl" */
static void file_say(struct scan *s, struct file *f)
{
	if (f->is_said || s->is_first)
		return;
	f->is_said = true;
	if (f->kind == TARGET_UNSEEN)
		say(s, "cannot see into %s: %s", f->users, f->name);
	else
		say(s, "probing %s in %s%s%s", f->name, f->path ? f->path : "?",
		    *f->users ? ", used by " : "", f->users);
}

/* Probe a file in all processes. */
static void probe_all(struct scan *s, struct file *f, const char *path)
{
	int err;

	if (f->attached || f->is_said)
		return;
	err = s->config.attach(s->config.ctx, f->target, path, -1, &f->attached);
	/* The process that led here has ended meanwhile; another will. */
	if (err == -ENOENT || err == -ESRCH)
		return;
	if (err) {
		say(s, "cannot probe %s: %s", f->path ? f->path : "?", strerror(-err));
		f->is_said = true;
	}
}

/* Probe a file in one process. */
static void probe_one(struct scan *s, uint32_t file, const char *path, uint32_t pid)
{
	struct file *f = &s->files[file - 1];
	struct single *one = &s->singles[s->singles_cnt];
	int err;

	for (size_t i = 0; i < s->singles_cnt; i++) {
		if (s->singles[i].file == file && s->singles[i].pid == pid) {
			s->singles[i].is_used = true;
			return;
		}
	}
	if (s->singles_cnt == PROBE_LINKS_MAX)
		return;
	*one = (struct single){ .file = file, .pid = pid, .is_used = true };
	err = s->config.attach(s->config.ctx, f->target, path, (int)pid, &one->attached);
	if (err == -ENOENT || err == -ESRCH)
		return;
	if (err && !f->is_said) {
		say(s, "cannot probe %s: %s", f->path ? f->path : "?", strerror(-err));
		f->is_said = true;
	}
	s->singles_cnt++;
}

/* True, and said, when a probe could kill the process. */
static bool is_endangered(struct look *l, struct file *f)
{
	if (!l->s->is_killer || !process_is_confined(l->pid))
		return false;
	if (!f->is_said)
		say(l->s,
		    "%s is confined by seccomp, and this kernel may kill it at a probe: %s is "
		    "not probed",
		    l->command, f->path ? f->path : "?");
	f->is_said = true;
	return true;
}

/* A process maps a file that may hold TLS. */
static void look_file(struct look *l, const struct mapping *m, bool is_program)
{
	struct scan *s = l->s;
	struct slot *slot = slot_of(s, SPACE_MAPS, m->dev, m->ino);
	char path[96];
	struct file *f;

	(void)snprintf(path, sizeof(path), "/proc/%u/map_files/%llx-%llx", l->pid,
		       (unsigned long long)m->start, (unsigned long long)m->end);
	if (!slot->file) {
		uint32_t file = file_meet(s, path, m, is_program);

		if (!file)
			return;
		slot_fill(slot, SPACE_MAPS, m->dev, m->ino, file);
	}
	f = &s->files[slot->file - 1];
	f->is_used = true;
	if (f->kind != TARGET_NONE && l->files_cnt < sizeof(l->files) / sizeof(*l->files))
		l->files[l->files_cnt++] = slot->file;
	if (!f->target || is_endangered(l, f))
		return;
	if (s->config.who)
		probe_one(s, slot->file, path, l->pid);
	else
		probe_all(s, f, path);
}

/* Whether the user named this process, but for the names of its libraries. */
static bool is_wanted(const struct look *l)
{
	const char *who = l->s->config.who, *slash = strrchr(l->program, '/');
	char *end;
	unsigned long pid;

	if (!who)
		return true;
	pid = strtoul(who, &end, 10);
	if (*who >= '0' && *who <= '9' && !*end)
		return pid == l->pid;
	return strcmp(who, l->command) == 0 || strcmp(who, l->program) == 0 ||
	       (slash && strcmp(who, slash + 1) == 0);
}

/* Of all that a process maps, its program and the libraries whose names tell. */
static void look_maps(struct look *l, FILE *maps)
{
	char line[PATH_MAX + 128];
	const char *who = l->s->config.who;
	bool has_program = false;

	while (fgets(line, sizeof(line), maps)) {
		struct mapping m;
		bool is_program;

		line[strcspn(line, "\n")] = '\0';
		if (!mapping_parse(line, &m) || !m.is_executable)
			continue;
		is_program = !has_program && strcmp(m.path, l->program) == 0;
		if (!is_program && maps_name(m.path) == MAPS_NAME_OTHER)
			continue;
		has_program |= is_program;
		if (l->is_wanted || strcmp(who, m.path) == 0)
			look_file(l, &m, is_program);
	}
}

/* Who uses what, for people: what cannot be seen counts only where nothing is seen. */
static void look_say(struct look *l)
{
	bool is_seen = false;

	for (size_t i = 0; i < l->files_cnt; i++)
		is_seen |= l->s->files[l->files[i] - 1].target != NULL;
	for (size_t i = 0; i < l->files_cnt; i++) {
		struct file *f = &l->s->files[l->files[i] - 1];

		if (is_seen == (f->target != NULL) || f->is_own) {
			user_add(f, l->command);
			file_say(l->s, f);
		}
		if (!is_seen)
			break;
	}
}

static void look_process(struct scan *s, uint32_t pid)
{
	struct look l = { .s = s, .pid = pid };
	size_t len;
	char path[64];
	FILE *maps;

	/* Threads of the kernel have no program. */
	if (!process_program(pid, l.program, sizeof(l.program)) ||
	    !process_command(pid, l.command, sizeof(l.command)))
		return;
	len = strlen(l.program);
	if (len > 10 && strcmp(l.program + len - 10, " (deleted)") == 0)
		l.program[len - 10] = '\0';
	/* This program holds the words that it looks for in others. */
	if (strcmp(l.program, s->own) == 0)
		return;
	l.is_wanted = is_wanted(&l);
	if (!l.is_wanted && *s->config.who != '/')
		return;
	(void)snprintf(path, sizeof(path), "/proc/%u/maps", pid);
	maps = fopen(path, "re");
	if (!maps)
		return;
	look_maps(&l, maps);
	fclose(maps);
	look_say(&l);
}

/* Programs that live for less than the time between two looks are seen when their library is
 * probed before they start. */
static void look_folder(struct scan *s, const char *folder)
{
	DIR *d = opendir(folder);
	struct dirent *entry;

	while (d && (entry = readdir(d))) {
		char name[PATH_MAX], path[PATH_MAX];
		struct mapping m = { .path = path };
		uint32_t file;

		(void)snprintf(name, sizeof(name), "%s/%s", folder, entry->d_name);
		if (maps_name(name) != MAPS_NAME_LIBRARY || !strstr(name, ".so") ||
		    !realpath(name, path))
			continue;
		file = file_meet(s, path, &m, false);
		if (file && s->files[file - 1].target)
			probe_all(s, &s->files[file - 1], path);
	}
	if (d)
		closedir(d);
}

static void look_folders(struct scan *s)
{
	static const char *const folders[] = { "/usr/lib/x86_64-linux-gnu",
					       "/usr/lib/aarch64-linux-gnu", "/usr/lib64",
					       "/usr/lib", "/usr/local/lib" };

	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		look_folder(s, folders[i]);
}

/* Give up what no process can use any more: a probe keeps a deleted file on its disk. */
static void scan_drop(struct scan *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->files_cnt; i++) {
		struct file *f = &s->files[i];

		if (f->attached && f->is_deleted && !f->is_used) {
			s->config.detach(s->config.ctx, f->attached);
			f->attached = NULL;
		}
		f->is_used = false;
	}
	for (size_t i = 0; i < s->singles_cnt; i++) {
		struct single *one = &s->singles[i];

		if (one->is_used) {
			one->is_used = false;
			s->singles[kept++] = *one;
		} else if (one->attached) {
			s->config.detach(s->config.ctx, one->attached);
		}
	}
	s->singles_cnt = kept;
}

/* What the first look found. */
static void say_first(struct scan *s)
{
	bool is_any = false;

	s->is_first = false;
	for (size_t i = 0; i < s->files_cnt; i++) {
		struct file *f = &s->files[i];

		is_any |= f->attached != NULL || (f->target && *f->users);
		if (f->attached || *f->users)
			file_say(s, f);
	}
	if (!is_any && s->config.who)
		say(s, "no process that is %s uses a library that can be probed: waiting for one",
		    s->config.who);
	else if (!is_any)
		say(s, "no process uses a library that can be probed: waiting for one");
}

void scan_look(struct scan *s)
{
	DIR *d = opendir("/proc");
	struct dirent *entry;

	while (d && (entry = readdir(d))) {
		char *end;
		unsigned long pid = strtoul(entry->d_name, &end, 10);

		if (*end == '\0' && pid && pid != (unsigned long)getpid())
			look_process(s, (uint32_t)pid);
	}
	if (d)
		closedir(d);
	if (s->is_first && !s->config.who)
		look_folders(s);
	scan_drop(s);
	if (s->is_first)
		say_first(s);
}
