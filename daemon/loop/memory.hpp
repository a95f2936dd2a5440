// How the C library's allocator deals with a process that does little for hours.
#pragma once

namespace tocsin::loop {

/// All threads allocate from one arena; by default each thread has its own, which keeps what the
/// thread has ever needed. Before the first thread.
void share_one_arena();
/// What is free goes back to the kernel. After work that needs much for a while: reading the
/// configuration, loading the state.
void give_back_memory();

}  // namespace tocsin::loop
