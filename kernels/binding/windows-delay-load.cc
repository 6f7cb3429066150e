// The addon names node.exe as the place of its imports, but its host may be called otherwise (electron.exe):
// they are bound to whatever program runs.

#include <windows.h>

#include <delayimp.h>
#include <string.h>

static FARPROC WINAPI bindToHost(unsigned event, PDelayLoadInfo info) {
  if (event != dliNotePreLoadLibrary || _stricmp(info->szDll, "node.exe") != 0) return nullptr;
  return reinterpret_cast<FARPROC>(GetModuleHandleW(nullptr));
}

extern "C" const PfnDliHook __pfnDliNotifyHook2 = bindToHost;
