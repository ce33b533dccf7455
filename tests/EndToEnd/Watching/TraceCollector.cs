namespace Farm.EndToEnd.Watching;
