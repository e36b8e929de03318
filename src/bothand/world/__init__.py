"""What is there? Specification files as nouns, each with its loader, which tells every fault at once.

model: states, moves and rates; no place, no plan, no dollar. language/: the language that models are written in.
place: who lives there, what was counted, what it has. placefile: its loader.
rules: what law and payers say of services. headings: what settlement money may be spent under.
help: numbers to call in need, and where a person finds help here.
population: people by sex and age, and their tables.
spending/: rules that every plan found by search keeps.
money: what was received, what is to come, the first round.
service: something money buys. plan: dollars for each service, and the terms. planfile: its loader.
terms/: how a service is run, what a change of it does, how coercive it is. studyfile: what names all of these.
stakeholders/: what one side of the table says of how much each value counts, and its seal.
disputes/: what people disagree about, and what each side believes.
cases/: published cases that a model must repeat.
"""
