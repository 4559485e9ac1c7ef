use market_data::summarise;

fn main() {
    let prices: Vec<f64> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    match summarise(&prices) {
        Some(s) => println!("low {} high {} mean {} last {}", s.low, s.high, s.mean, s.last),
        None => eprintln!("usage: market-data PRICE..."),
    }
}
