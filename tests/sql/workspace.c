#include "tests/sql/workspace.h"

#include <stdio.h>
#include <sys/stat.h>

bool workspace_open(Workspace *workspace)
{
    return temp_folder_make(workspace->path, "weir-sql");
}

void workspace_close(Workspace *workspace)
{
    temp_folder_remove(workspace->path);
}

static bool write_file(const char *path, Text content)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return false;
    bool written = content.size == 0 || fwrite(content.ptr, 1, content.size, file) == content.size;
    return fclose(file) == 0 && written;
}

bool workspace_write(const Workspace *workspace, Text name, Text content)
{
    StrBuf path;
    strbuf_init(&path, NULL);
    strbuf_printf(&path, "%s/", workspace->path);
    for (uint32_t i = 0; i < name.size; i++) {
        if (name.ptr[i] == '/') /* a directory that is there already is fine */
            mkdir(strbuf_cstr(&path), 0777);
        strbuf_char(&path, name.ptr[i]);
    }
    bool written = !path.failed && write_file(strbuf_cstr(&path), content);
    strbuf_close(&path);
    return written;
}
