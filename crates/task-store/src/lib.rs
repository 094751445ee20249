//! The only SQL: schema, migrations, statements and row mapping
