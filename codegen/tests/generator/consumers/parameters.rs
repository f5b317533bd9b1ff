use fitrankings::types::{GetQueryChoice, GetQueryDeep, Point};
use fitrankings::{Client, NoToken};

fn main() {
    let server = Server::new(vec![(204, "text/plain", ""); 4]);
    let client = server.client();
    sends_paths_headers_and_cookies(&client, &server);
    sends_queries(&client, &server);
}

fn point() -> Point {
    let mut point = Point::new(1);
    point.y = Some(2);
    point
}

fn sends_paths_headers_and_cookies(client: &Client<NoToken>, server: &Server) {
    client.get_label("a b", [3, 4], point()).call().unwrap();
    assert_eq!(server.asked().line, "GET /label/.a%20b/.3.4/.x,1,y,2");
    client.get_matrix("a", [3, 4], point()).call().unwrap();
    assert_eq!(server.asked().line, "GET /matrix/;text=a/;list=3,4/;x=1;y=2");

    let request = client.get_simple(point(), "s=1").x_object(point()).x_form("f");
    request.seen([1, 2]).call().unwrap();
    let asked = server.asked();
    assert_eq!(asked.line, "GET /simple/x,1,y,2");
    assert_eq!(asked.header("x-object"), "x=1,y=2");
    assert_eq!(asked.header("x-form"), "f");
    assert_eq!(asked.header("cookie"), "session=s%3D1; seen=1,2");
}

fn sends_queries(client: &Client<NoToken>, server: &Server) {
    let mut deep = GetQueryDeep::default();
    deep.at = Some(point());
    deep.tags = vec!["t".into()];
    client
        .get_query(deep)
        .form(point())
        .joined(point())
        .list(["l".to_owned()])
        .free([("k".to_owned(), "v".to_owned())].into_iter().collect())
        .lists([vec![1, 2], vec![3]])
        .json(point())
        .text("t&")
        .untyped("u")
        .bare("b")
        .choice(GetQueryChoice::from(true))
        .filter_name("n")
        .form2("h")
        .call()
        .unwrap();
    let asked = server.asked();
    let query = asked.line.strip_prefix("GET /query?").unwrap();
    let mut pairs: Vec<&str> = query.split('&').collect();
    pairs.sort_unstable();
    assert_eq!(
        pairs,
        [
            "bare=b",
            "choice=true",
            "deep%5Bat%5D%5Bx%5D=1",
            "deep%5Bat%5D%5By%5D=2",
            "deep%5Btags%5D%5B0%5D=t",
            "filter%5Bname%5D=n",
            "free%5Bk%5D=v",
            "joined=x,1,y,2",
            "json=%7B%22x%22%3A1%2C%22y%22%3A2%7D",
            "list%5B0%5D=l",
            "lists=%5B1%2C2%5D",
            "lists=%5B3%5D",
            "text=t%26",
            "untyped=u",
            "x=1",
            "y=2",
        ]
    );
    assert_eq!(asked.header("form"), "h");
}
