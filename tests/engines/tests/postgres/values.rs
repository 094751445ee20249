//! Every type of the interface, in both directions.

use crate::app::App;

/// Sends a parameter to a column of that type and reads it back.
async fn check(app: &App, cases: &[(&str, &str, &str)]) {
    for (kind, parameter, expected) in cases {
        let seen = app.run(&format!("SELECT $1::{kind}\t{parameter}")).await;
        assert_eq!(seen.trim_end_matches('\n'), *expected, "{parameter} as {kind}");
    }
}

#[tokio::test]
async fn numbers_and_texts_go_there_and_back() {
    let app = App::start().await;
    let cases = [
        ("bool", "boolean:true", "Boolean(true)"),
        ("int2", "int16:-32768", "Int16(-32768)"),
        ("int4", "int32:2147483647", "Int32(2147483647)"),
        ("int8", "int64:-9223372036854775808", "Int64(-9223372036854775808)"),
        ("float4", "floating32:1.5", "Floating32(1.5)"),
        ("float8", "floating64:-0.1", "Floating64(-0.1)"),
        ("text", "str:کام", "کام"),
        ("varchar(3)", "str:abc", "abc"),
        ("char(4)", "str:ab", "ab  "),
        ("bytea", "binary:ab", "Binary([97, 98])"),
        ("numeric", "decimal:12.3400", "Decimal(\"12.3400\")"),
        (
            "uuid",
            "uuid:01890A5D-AC96-774B-BCCE-B302099A8057",
            "Uuid(\"01890a5d-ac96-774b-bcce-b302099a8057\")",
        ),
        ("jsonb", r#"jsonb:{"b": [1, null], "a": "ä"}"#, r#"Jsonb({"a":"ä","b":[1,null]})"#),
    ];
    check(&app, &cases).await;
}

#[tokio::test]
async fn dates_times_and_intervals_go_there_and_back() {
    let app = App::start().await;
    let cases = [
        ("date", "date:2028,2,29", "Date((2028, 2, 29))"),
        ("time", "time:23,59,58,123456000", "Time((23, 59, 58, 123456000))"),
        ("timestamp", "datetime:-43,12,31,1,2,3,4000", "Datetime((-43, 12, 31, 1, 2, 3, 4000))"),
        (
            "interval",
            "interval:-5,31,14",
            "Interval(Interval { micros: -5, days: 31, months: 14 })",
        ),
    ];
    check(&app, &cases).await;
}

#[tokio::test]
async fn ranges_and_arrays_go_there_and_back() {
    let app = App::start().await;
    let cases = [
        (
            "int4range",
            "range-int32:(1,5]",
            "RangeInt32((Some((2, Inclusive)), Some((6, Exclusive))))",
        ),
        ("int8range", "range-int64:[7,)", "RangeInt64((Some((7, Inclusive)), None))"),
        (
            "numrange",
            "range-decimal:(0.50,1.25]",
            "RangeDecimal((Some((\"0.50\", Exclusive)), Some((\"1.25\", Inclusive))))",
        ),
        ("int4[]", "array-int32:1,null,3", "ArrayInt32([Some(1), None, Some(3)])"),
        ("int8[]", "array-int64:-1", "ArrayInt64([Some(-1)])"),
        ("numeric[]", "array-decimal:1.50,null", "ArrayDecimal([Some(\"1.50\"), None])"),
        ("text[]", "array-str:a,null", "ArrayStr([Some(\"a\"), None])"),
    ];
    check(&app, &cases).await;
    let cases = [
        ("int4range", "range-int32:[5,3]", "RangeInt32((None, None))"),
        ("int4range", "range-int32:(5,5]", "RangeInt32((None, None))"),
    ];
    check(&app, &cases).await;
}

#[tokio::test]
async fn null_fits_every_type() {
    let app = App::start().await;
    for kind in ["int4", "text", "timestamp", "jsonb", "int8[]", "numrange", "interval", "json"] {
        check(&app, &[(kind, "null", "DbNull")]).await;
    }
}

#[tokio::test]
async fn an_instant_with_its_zone_can_be_written_but_not_read() {
    let app = App::start().await;
    let seen = app
        .run(
            "SELECT $1::timestamptz::text\ttimestamp:1798761600\n\
             SELECT ($1::timestamptz AT TIME ZONE 'UTC')\ttimestamp:0\n\
             SELECT 1, now()\n\
             SELECT 2",
        )
        .await;
    let lines: Vec<&str> = seen.lines().collect();
    assert_eq!(lines[0], "2027-01-01 00:00:00+00");
    assert_eq!(lines[1], "Datetime((1970, 1, 1, 0, 0, 0, 0))");
    assert!(lines[2].starts_with("QueryFailed(Text(\"column \\\"now\\\" cannot be read"), "{seen}");
    assert_eq!(lines[3], "Int32(2)");
}

#[tokio::test]
async fn other_types_come_as_the_bytes_of_the_server() {
    let app = App::start().await;
    let seen = app
        .run(
            "@columns SELECT '{}'::json AS a, ARRAY[1::int2] AS b, 1::int4 AS c\n\
             SELECT '[]'::json\n\
             SELECT '{}'::json::text",
        )
        .await;
    assert_eq!(
        seen,
        "columns a:Other(\"json\") b:Other(\"_int2\") c:Int32\n\
                      Unsupported([91, 93])\n{}\n"
    );
}

#[tokio::test]
async fn only_rows_tell_the_columns() {
    let app = App::start().await;
    let seen = app
        .run(
            "@columns SELECT 1 AS one, now()::timestamp AS then\n\
             @columns SELECT 1 AS one WHERE false",
        )
        .await;
    assert_eq!(seen, "columns one:Int32 then:Datetime\ncolumns \n");
}

#[tokio::test]
async fn a_parameter_that_does_not_fit_is_told_with_its_place() {
    let app = App::start().await;
    let seen = app
        .run(
            "SELECT $1::uuid\tuuid:nonsense\n\
             @execute SELECT $1::int4, $2::date\tint32:1\tdate:2027,2,29\n\
             SELECT $1::int4\tint64:1\n\
             SELECT $1::int4\n\
             SELECT $1::numeric\tdecimal:1e400\n\
             SELECT $1::jsonb\tjsonb:{\n\
             SELECT $1::int4range\trange-int32:[1,2147483647]\n\
             SELECT 1",
        )
        .await;
    let told: Vec<&str> = seen.lines().collect();
    expect_lines(
        &told,
        &[
            "BadParameter(\"parameter $1: \\\"nonsense\\\" is not a UUID",
            "ValueConversionFailed(\"parameter $2: there is no day 2027-2-29",
            "QueryFailed(Text(\"error serializing parameter 0",
            "QueryFailed(Text(\"expected 1 parameters but got 0",
            "BadParameter(\"parameter $1: \\\"1e400\\\" is not a decimal number",
            "BadParameter(\"parameter $1: it is not JSON",
            "ERROR 22003",
            "Int32(1)",
        ],
    );
}

#[track_caller]
fn expect_lines(seen: &[&str], beginnings: &[&str]) {
    assert_eq!(seen.len(), beginnings.len(), "{seen:#?}");
    for (line, beginning) in seen.iter().zip(beginnings) {
        assert!(line.starts_with(beginning), "{line}\ndoes not begin with\n{beginning}");
    }
}
