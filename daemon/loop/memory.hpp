// How the C library's allocator deals with a process that does little for hours.
#pragma once

namespace tocsin::loop {

/// All threads allocate from one arena; by default each thread has its own, which keeps what the
/// thread has ever needed. What is large (a big answer to a scrape) is mapped by itself and goes
/// back as soon as it is free, however often that is; by default it would soon be kept. Before the
/// first thread.
void keep_little_memory();
/// What is free goes back to the kernel. After work that needs much for a while: reading the
/// configuration, loading the state, the first answer of a large target.
void give_back_memory();

}  // namespace tocsin::loop
