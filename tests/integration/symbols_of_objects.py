# SPDX-License-Identifier: Apache-2.0
"""What libtrace.so is made of: it needs libc alone, exports its hooks and nothing else, and its
objects import nothing that allocates, locks, prints or calls back into the loader."""

import re
import subprocess
import unittest

import harness

# What the hooks exist for; the export map may list more.
HOOKS = set(
    "malloc calloc realloc reallocarray free posix_memalign aligned_alloc memalign valloc pvalloc"
    " dlclose _exit _Exit quick_exit".split()
)

# A hook defines these: an object that imports one would call itself.
ALLOCATION = r"malloc|calloc|realloc|reallocarray|free|posix_memalign|aligned_alloc|memalign|" \
             r"valloc|pvalloc|strdup|strndup|_Zn[wa].*|_Zd[la].*"
STDIO = r"v?f?printf|v?sn?printf|v?dprintf|v?asprintf|__.*printf_chk|f?puts|f?putc|putchar|" \
        r"fopen(64)?|fdopen|fwrite|fread|fgets|getline|fclose|fflush|perror|std(in|out|err)"
LOCKS = r"pthread_mutex_(lock|trylock)|pthread_rwlock_.*|pthread_cond_.*|pthread_once"
RUNTIME = r"__tls_get_addr|__cxa_.*|_Unwind_.*|__gxx_personality.*|_ZSt.*|_ZNSt.*"
FORBIDDEN = re.compile(rf"({ALLOCATION}|{STDIO}|{LOCKS}|{RUNTIME})")
# These take the loader's lock: for the constructor's objects only.
LOADER = re.compile(r"(dl_iterate_phdr|dlsym|dlvsym|dlopen|dlmopen|dladdr1?|dlinfo)")
MAY_ASK_THE_LOADER = {"own_malloc.cc.o", "real.cc.o", "unwind_libunwind.cc.o"}


def output_of(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.decode()


def exports_in_map():
    text = (harness.ROOT / "preload" / "exports.map").read_text()
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    text = re.sub(r"#.*", "", text)
    exported = re.search(r"global:(.*?)local:", text, re.S).group(1)
    return {name.strip() for name in exported.split(";") if name.strip()}


class SymbolsOfObjectsTest(harness.IntegrationTest):
    def test_needs_libc_alone(self):
        dynamic = output_of("readelf", "-dW", harness.LIBTRACE)
        needed = set(re.findall(r"\(NEEDED\).*\[(.*)\]", dynamic))
        self.assertIn("libc.so.6", needed)
        self.assertLessEqual(needed, {"libc.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"})
        self.assertNotIn("TEXTREL", dynamic)

    def test_thread_local_storage_is_static(self):
        self.assertIn("STATIC_TLS", output_of("readelf", "-dW", harness.LIBTRACE))

    def test_exports_are_those_of_the_map(self):
        symbols = output_of("readelf", "--dyn-syms", "-W", harness.LIBTRACE)
        exported = set()
        for line in symbols.splitlines():
            fields = line.split()
            if len(fields) >= 8 and fields[4] in ("GLOBAL", "WEAK") and fields[6] != "UND":
                exported.add(fields[7].split("@")[0])
        self.assertEqual(exported, exports_in_map())
        self.assertLessEqual(HOOKS, exported)

    def test_objects_import_nothing_that_could_recurse(self):
        objects = sorted((harness.BUILD / "preload").rglob("*.o"))
        self.assertTrue(objects, "no objects of preload in the build folder")
        wrong = []
        for each in objects:
            for line in output_of("nm", "-u", each).splitlines():
                symbol = line.split()[-1].split("@")[0]
                asks_loader = LOADER.fullmatch(symbol) and each.name not in MAY_ASK_THE_LOADER
                if FORBIDDEN.fullmatch(symbol) or asks_loader:
                    wrong.append(f"{each.name}: {symbol}")
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    unittest.main()
