-- ?1 user, ?2 the import as JSON.
INSERT INTO put_import (user_id, import) VALUES (?1, ?2)
